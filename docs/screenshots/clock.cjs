// Loaded before the program: it is always the same moment, so that pictures of the same program are the same.
const { MOMENT } = require('./moment.cjs');
Date.now = () => MOMENT;
