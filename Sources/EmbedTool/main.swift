import Foundation

// EmbedTool OUTPUT FILE…
//
// Writes the texts of the files as the source of `RecipeFile.embedded`, by the files' names without their endings.

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else { exit(64) }
var lines = ["extension RecipeFile {", "  static let embedded: [RecipeFile] = ["]
for path in arguments.dropFirst() {
  let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  let text = try String(contentsOfFile: path, encoding: .utf8)
  // More of them than the text has in a row, so that nothing in it ends the literal or is taken for an escape.
  let longest = text.matches(of: #/#+/#).map { $0.0.count }.max() ?? 0
  let marks = String(repeating: "#", count: longest + 1)
  lines += ["    RecipeFile(name: \(marks)\"\(name)\"\(marks), text: \(marks)\"\"\"", text, "\"\"\"\(marks)),"]
}
lines += ["  ]", "}", ""]
try lines.joined(separator: "\n").write(toFile: output, atomically: true, encoding: .utf8)
