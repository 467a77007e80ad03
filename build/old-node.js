/**
 * Prints one sentence in place of everything that usageline does, and ends the process. It runs on any Node from 0.10 on.
 *
 * @param oldest the oldest version of Node that runs usageline
 * @param node the version of this one
 * @param args the arguments of the command line
 */
module.exports = function (oldest, node, args) {
  var text = 'usageline needs Node ' + oldest + ' or newer, this is ' + node;
  var words = ' ' + args.join(' ') + ' ';
  // A monitoring plugin shows standard output, and exit code 3 means UNKNOWN.
  if (args[0] === 'check') return end(1, 'UNKNOWN - ' + text, 3);
  // Hosts of the line show standard output, and only of a command that succeeds. A terminal shows both.
  var isLine = args.length === 0 || args[0].charAt(0) === '-';
  var isHost = args[0] === 'statusline' || (isLine && !require('tty').isatty(1));
  var kind = (/ --output[= ](\w+)/.exec(words) || [])[1];
  if (!isHost || kind === 'openmetrics' || / (--help|-h|--version|-V|-v|--json) /.test(words))
    return end(2, text, 1);
  if (kind === 'waybar') return end(1, JSON.stringify({ text: text }), 0);
  if (kind === 'i3blocks') return end(1, JSON.stringify({ full_text: text }), 0);
  end(1, text, 0);
};

function end(descriptor, text, code) {
  require('fs').writeSync(descriptor, text + '\n');
  process.exit(code);
}
