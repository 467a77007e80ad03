#!/usr/bin/env node
'use strict';
// For a checkout. An installed package links dist/hot.cjs directly, which saves loading this file.
require('../dist/hot.cjs');
