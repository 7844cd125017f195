/// A method that can be chosen by name in a command or a plan: an activation, an optimizer, a recipe.
///
/// A protocol that refines this one is a catalog: the build lists the public structs that conform to it, so
/// that adding a method is adding its file.
public protocol Catalogued: Sendable {
  /// The name people write, in lower camel case: `hSwish`.
  static var name: String { get }
  /// One line on what it is, with its paper or source.
  static var summary: String { get }
  /// What can be set, with its default, for help texts: `["n": "6"]`.
  static var parameters: [Parameter] { get }

  /// Takes what it knows out of `options`; what remains is reported as unknown by the caller.
  init(from options: inout Options) throws(ConfigurationError)
}

extension Catalogued {
  public static var parameters: [Parameter] { [] }
}

/// A parameter of a catalogued method, for help texts.
public struct Parameter: Sendable, Hashable {
  public let name: String
  public let defaultValue: String
  public let meaning: String

  public init(_ name: String, default defaultValue: some CustomStringConvertible, _ meaning: String) {
    self.name = name
    self.defaultValue = defaultValue.description
    self.meaning = meaning
  }
}
