/** The moment of all pictures, epoch ms: their clocks and dates agree. */
exports.MOMENT = Date.parse('2026-11-20T18:25:00.000Z');

/** Its clock time and its date, as the clocks of hosts show them. */
exports.CLOCK = '18:25';
exports.DATE = '20-Nov-26';
