// The first statement of the entry: a Node that is too old for the rest loads `old-node.js` and nothing else. It runs on any
// Node from 0.10 on. The build replaces OLDEST by the version of `engines`.
(function (oldest, node) {
  var have = node.split('.');
  for (var i = 0; i < 3; i += 1) {
    if (Number(have[i]) > oldest[i]) return;
    if (Number(have[i]) < oldest[i]) break;
    if (i === 2) return;
  }
  require('./old-node.cjs')(oldest.join('.'), node, process.argv.slice(2));
})(OLDEST, process.versions.node);
