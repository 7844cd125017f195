import Foundation
import PackagePlugin

/// Puts the YAML files of a target into its code, so that the program needs no files beside it.
@main struct RecipePlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let files = target.sourceModule?.sourceFiles(withSuffix: "yml").map(\.url) else { return [] }
    let sorted = files.sorted { $0.lastPathComponent < $1.lastPathComponent }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedRecipes.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(sorted.count) recipes", executable: try context.tool(named: "EmbedTool").url,
        arguments: [output.path()] + sorted.map { $0.path() }, inputFiles: sorted, outputFiles: [output])
    ]
  }
}
