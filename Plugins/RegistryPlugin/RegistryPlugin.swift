import Foundation
import PackagePlugin

/// Writes a room's registries before it is compiled, so that a method is added by adding its file.
@main struct RegistryPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let sources = target.sourceModule?.sourceFiles(withSuffix: "swift").map(\.url) else { return [] }
    let output = context.pluginWorkDirectoryURL.appending(path: "Registries.swift")
    return [
      .buildCommand(
        displayName: "Listing the registries of \(target.name)",
        executable: try context.tool(named: "RegistryTool").url,
        arguments: [output.path()] + sources.map { $0.path() }.sorted(),
        inputFiles: sources, outputFiles: [output])
    ]
  }
}
