import Foundation
import PackagePlugin

/// Writes the examples of guides and documentation comments as Swift functions; see `scripts/snippets`.
@main struct SnippetPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let package = context.package.directoryURL
    let output = context.pluginWorkDirectoryURL.appending(path: "Snippets.swift")
    let script = package.appending(path: "scripts/snippets")
    let pages = try ["docs", "Sources"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: package.appending(path: folder).path)
        .filter { $0.hasSuffix(".md") || $0.hasSuffix(".swift") }.sorted()
        .map { package.appending(path: folder).appending(path: $0) }
    }
    return [
      .buildCommand(
        displayName: "Collecting examples",
        executable: URL(fileURLWithPath: "/usr/bin/env"), arguments: ["python3", script.path, output.path],
        inputFiles: [script, package.appending(path: "README.md")] + pages, outputFiles: [output])
    ]
  }
}
