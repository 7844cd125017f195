/// A method that can be chosen by name in a command or a plan: an activation, an optimizer, a schedule.
///
/// A protocol that refines this one is a registry: the build lists the public structs that conform to it, so
/// that adding a method is adding its file.
public protocol Configurable: Sendable {
  /// What the method is called, what it is and what can be set; everything else here follows from it.
  static var declaration: Declaration<Self> { get }
}

extension Configurable {
  /// The name people write, in lower camel case: `hSwish`.
  public static var name: String { declaration.name }
  /// One line on what it is.
  public static var summary: String { declaration.summary }
  /// What it computes, in a line of plain text, if it says so.
  public static var formula: String? { declaration.formula }
  /// The publication that introduced it, if there is one.
  public static var reference: Reference? { declaration.reference }

  /// What can be set, with its default, for help texts.
  public static var parameters: [Parameter] {
    declaration.settings.map { setting in
      let usual = (try? setting.write(declaration.standard))?.description ?? "none"
      return Parameter(
        setting.name, default: setting.isRequired ? "" : usual, setting.meaning, allowed: setting.allowed)
    }
  }

  /// Takes what it knows out of `options`; the caller reports what remains as unknown.
  /// - Throws: ``ConfigurationError`` for a value of the wrong kind or out of range, and for a missing one.
  public init(from options: inout Options) throws(ConfigurationError) {
    self = try Self.declaration.method(from: &options)
  }

  /// The method as people write it: its name, and the settings that differ from its defaults.
  /// - Throws: ``ConfigurationError`` if a value has no notation.
  public func spec() throws(ConfigurationError) -> MethodSpec {
    MethodSpec(Self.name, try Self.declaration.options(of: self))
  }
}

/// A setting of a registered method, for help texts.
public struct Parameter: Sendable, Hashable {
  public let name: String
  /// Empty where there is none and the parameter is required.
  public let defaultValue: String
  public let meaning: String
  /// What can be written: `0 or more`.
  public let allowed: String

  init(_ name: String, default defaultValue: String, _ meaning: String, allowed: String) {
    (self.name, self.defaultValue, self.meaning, self.allowed) = (name, defaultValue, meaning, allowed)
  }
}
