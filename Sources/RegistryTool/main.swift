import Foundation

// RegistryTool OUTPUT SOURCE…
//
// For each `protocol P: Configurable` among the sources, writes the list of the public structs declared to
// conform to P, as the source of `Registry<any P>.all` and `.add`.

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else { exit(64) }
let text = try arguments.dropFirst().map { try String(contentsOfFile: $0, encoding: .utf8) }.joined(separator: "\n")

let registries = text.matches(of: #/public protocol (\w+)[^{\n]*\bConfigurable\b/#).map { String($0.1) }
var lines = ["import Configuration", ""]
for registry in registries.sorted() {
  let conformance = try Regex<(Substring, Substring, Substring)>(#"public struct (\w+):([^{]*)\{"#)
  let names = text.matches(of: conformance)
    .filter { $0.2.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains(Substring(registry)) }
    .map { String($0.1) }.sorted()
  lines += [
    "extension Registry where Entry == any \(registry) {",
    "  private static var builtIn: [any Configurable.Type] {",
    "    [" + names.map { "\($0).self" }.joined(separator: ", ") + "]",
    "  }",
    "",
    "  /// Every \(registry) there is, by name: Tanren's, and those that the program added.",
    "  public static var all: Registry {",
    "    Registry(kind: \"\(registry)\", builtIn + RegistryAdditions.types(of: \"\(registry)\"))",
    "  }",
    "",
    "  /// Makes methods of the program's own known by name, to plans and configurations read from then on.",
    "  ///",
    "  /// A run is identified by names and settings: a method that computes something else than before needs another",
    "  /// name, or a new store.",
    "  /// - Throws: `ConfigurationError` for a name that is taken, or that can't be written in a plan.",
    "  public static func add(_ types: any \(registry).Type...) throws(ConfigurationError) {",
    "    try RegistryAdditions.add(types, to: \"\(registry)\", builtIn: builtIn)",
    "  }",
    "}",
    "",
    "extension SettingFormat where Value == any \(registry) {",
    "  /// A \(registry) by name, with its settings.",
    "  public static var method: SettingFormat { .method(in: { .all }) }",
    "}",
    "",
    "extension SettingFormat where Value == [any \(registry)] {",
    "  /// Values of \(registry) by name, with their settings; `none` for none.",
    "  public static var methods: SettingFormat { .methods(in: { Registry<any \(registry)>.all }) }",
    "}",
    "",
  ]
}
try lines.joined(separator: "\n").write(toFile: output, atomically: true, encoding: .utf8)
