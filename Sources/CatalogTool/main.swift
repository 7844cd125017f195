import Foundation

// CatalogTool OUTPUT SOURCE…
//
// For each `protocol P: Catalogued` among the sources, writes the list of the public structs declared to
// conform to P, as the source of `Catalog<any P>.all` and `.add`.

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
    "  private static var builtIn: [any Catalogued.Type] {",
    "    [" + names.map { "\($0).self" }.joined(separator: ", ") + "]",
    "  }",
    "",
    "  /// Every \(catalog) there is, by name: Tanren's, and those that the program added.",
    "  public static var all: Catalog {",
    "    Catalog(kind: \"\(catalog)\", builtIn + CatalogAdditions.types(of: \"\(catalog)\"))",
    "  }",
    "",
    "  /// Makes methods of the program's own known by name, to plans and configurations read from then on.",
    "  ///",
    "  /// A run is identified by names and settings: a method that computes something else than before needs another",
    "  /// name, or a new store.",
    "  /// - Throws: `ConfigurationError` for a name that is taken, or that can't be written in a plan.",
    "  public static func add(_ types: any \(catalog).Type...) throws(ConfigurationError) {",
    "    try CatalogAdditions.add(types, to: \"\(catalog)\", builtIn: builtIn)",
    "  }",
    "}",
    "",
    "extension SettingFormat where Value == any \(catalog) {",
    "  /// A \(catalog) by name, with its settings.",
    "  public static var method: SettingFormat { .method(in: { .all }) }",
    "}",
    "",
    "extension SettingFormat where Value == [any \(catalog)] {",
    "  /// Values of \(catalog) by name, with their settings; `none` for none.",
    "  public static var methods: SettingFormat { .methods(in: { Catalog<any \(catalog)>.all }) }",
    "}",
    "",
  ]
}
try lines.joined(separator: "\n").write(toFile: output, atomically: true, encoding: .utf8)
