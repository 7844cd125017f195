import Foundation

// CatalogTool OUTPUT SOURCE…
//
// For each `protocol P: Catalogued` among the sources, writes the list of the public structs declared to
// conform to P, as `Catalog.all(P)`'s source.

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else { exit(64) }
let text = try arguments.dropFirst().map { try String(contentsOfFile: $0, encoding: .utf8) }.joined(separator: "\n")

let catalogs = text.matches(of: #/public protocol (\w+)[^{\n]*\bCatalogued\b/#).map { String($0.1) }
var lines = ["import Configuration", ""]
for catalog in catalogs.sorted() {
  let conformance = try Regex<(Substring, Substring, Substring)>(#"public struct (\w+):([^{]*)\{"#)
  let names = text.matches(of: conformance)
    .filter { $0.2.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains(Substring(catalog)) }
    .map { String($0.1) }.sorted()
  lines += [
    "extension Catalog where Entry == any \(catalog) {",
    "  /// Every \(catalog) there is, by name.",
    "  public static var all: Catalog {",
    "    Catalog(kind: \"\(catalog)\", [" + names.map { "\($0).self" }.joined(separator: ", ") + "])",
    "  }",
    "}",
    "",
  ]
}
try lines.joined(separator: "\n").write(toFile: output, atomically: true, encoding: .utf8)
