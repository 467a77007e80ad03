// The first statement of the entry: prints one sentence on a Node that is too old for the rest. It runs on any Node from
// 0.10 on. The build replaces OLDEST by the version of `engines`.
(function (oldest, node, argv) {
  var have = node.split('.');
  for (var i = 0; i < 3; i += 1) {
    if (Number(have[i]) > oldest[i]) return;
    if (Number(have[i]) < oldest[i]) break;
    if (i === 2) return;
  }
  var text = 'usageline needs Node ' + oldest.join('.') + ' or newer, this is ' + node;
  // Hosts of the line show standard output, and only of a command that succeeds.
  var kind = argv[2] === 'statusline' ? 'plain' : argv[2] === '--output' ? argv[3] : 'openmetrics';
  if (kind === 'openmetrics') {
    require('fs').writeSync(2, text + '\n');
    process.exit(1);
  }
  if (kind === 'waybar') text = JSON.stringify({ text: text });
  if (kind === 'i3blocks') text = JSON.stringify({ full_text: text });
  require('fs').writeSync(1, text + '\n');
  process.exit(0);
})(OLDEST, process.versions.node, process.argv);
