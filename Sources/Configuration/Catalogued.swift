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

  /// The method as people write it: its name, and the settings that differ from its defaults.
  /// - Throws: ``ConfigurationError`` if a value has no notation.
  func choice() throws(ConfigurationError) -> Choice
}

/// A method with a declaration.
public protocol Declared: Catalogued {
  static var declaration: Declaration<Self> { get }
}

extension Declared {
  public static var name: String { declaration.name }
  public static var summary: String { declaration.summary }
  /// The publication that introduced it, if there is one.
  public static var reference: Reference? { declaration.reference }

  public static var parameters: [Parameter] {
    declaration.settings.map { setting in
      let usual = (try? setting.write(declaration.standard))?.description ?? "none"
      return Parameter(
        setting.name, default: setting.isRequired ? "" : usual, setting.meaning, allowed: setting.allowed)
    }
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self = try Self.declaration.method(from: &options)
  }

  public func choice() throws(ConfigurationError) -> Choice {
    Choice(Self.name, try Self.declaration.options(of: self))
  }
}

extension Catalogued {
  public static var parameters: [Parameter] { [] }

  public func choice() throws(ConfigurationError) -> Choice {
    throw .invalid(message: "'\(Self.name)' can't be written back", origin: "")
  }
}

/// A parameter of a catalogued method, for help texts.
public struct Parameter: Sendable, Hashable {
  public let name: String
  /// Empty where there is none and the parameter is required.
  public let defaultValue: String
  public let meaning: String
  /// What can be written: `0 or more`.
  public let allowed: String

  public init(
    _ name: String, default defaultValue: some CustomStringConvertible, _ meaning: String, allowed: String = ""
  ) {
    self.allowed = allowed
    self.name = name
    self.defaultValue = defaultValue.description
    self.meaning = meaning
  }
}
