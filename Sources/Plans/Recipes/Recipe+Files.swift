import Configuration
import Foundation

extension Recipe {
  /// A recipe, or any other plan, from a file; it is called by the file's name unless it says another one.
  /// - Throws: `ConfigurationError` with file and line if the file can't be read, or a key is unknown, twice there or
  ///   of the wrong kind. What the parts make together is checked by ``StudyPlan/runs()``.
  public init(file path: String) throws(ConfigurationError) {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    try self.init(yaml: YAMLReader.text(file: path), source: path, name: name)
  }

  /// - Parameters:
  ///   - source: what errors call the text.
  ///   - name: what the study is called if the text doesn't say.
  /// - Throws: as ``init(file:)`` does.
  public init(yaml text: String, source: String, name: String = "study") throws(ConfigurationError) {
    var reader = try PlanReader(text: text, source: source)
    self = try reader.recipe(name: name)
  }
}

extension StudyPlan {
  /// A plan from a file, with its main arms and without a budget; see ``Recipe/init(file:)``.
  /// - Throws: as ``Recipe/init(file:)`` does, and `ConfigurationError` for a main arm that isn't there.
  public init(file path: String) throws(ConfigurationError) { self = try Recipe(file: path).plan() }

  /// - Parameters:
  ///   - source: what errors call the text.
  ///   - name: what the study is called if the text doesn't say.
  /// - Throws: as ``init(file:)`` does.
  public init(yaml text: String, source: String, name: String = "study") throws(ConfigurationError) {
    self = try Recipe(yaml: text, source: source, name: name).plan()
  }
}
