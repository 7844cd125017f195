/// A file of this folder as it was when the program was built. `RecipePlugin` embeds them.
public struct RecipeFile: Sendable {
  /// Without its ending.
  public let name: String
  /// What it holds: YAML.
  public let text: String

  /// The folder's files, sorted by name.
  public static var all: [RecipeFile] { embedded }
}
