// Loaded before the program: it is always the same moment, so that pictures of the same program are the same.
const moment = Date.parse('2026-11-20T18:25:00.000Z');
Date.now = () => moment;
