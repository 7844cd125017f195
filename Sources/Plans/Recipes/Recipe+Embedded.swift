import Configuration
import Recipes

extension Recipe {
  /// The published comparisons that Tanren brings, sorted by name.
  /// - Throws: `ConfigurationError` for one that this version can't read.
  public static var all: [Recipe] {
    get throws(ConfigurationError) { try embedded.get() }
  }

  /// The names of ``all``.
  public static var names: [String] { RecipeFile.all.map(\.name) }

  /// One of ``all``, by its name or the one it had in an earlier version.
  /// - Throws: `ConfigurationError` for a name that isn't there, with the nearest one.
  public init(named name: String) throws(ConfigurationError) {
    guard let recipe = try Self.all.first(where: { $0.name == name || $0.formerly == name }) else {
      throw .unknownName(kind: "recipe", name: name, known: Self.names, origin: "")
    }
    self = recipe
  }

  /// The text of the file that one of ``all`` was read from.
  public static func text(named name: String) throws(ConfigurationError) -> String {
    let recipe = try Recipe(named: name)
    return RecipeFile.all.first { $0.name == recipe.name }?.text ?? ""
  }

  private static let embedded = Result { () throws(ConfigurationError) in
    var recipes: [Recipe] = []
    for file in RecipeFile.all {
      recipes.append(try Recipe(yaml: file.text, source: "Recipes/\(file.name).yml", name: file.name))
    }
    return recipes
  }
}
