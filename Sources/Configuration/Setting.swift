/// One thing that can be set in a method: its public name, where the method keeps it, what it takes and means.
public struct Setting<Method: Sendable>: Sendable {
  /// The name people write: `weightDecay`.
  public let name: String
  /// One line, with the symbol of the field.
  public let meaning: String
  /// What can be written: `0 or more`, `torch, keras`.
  public let allowed: String
  let read: @Sendable (inout Method, inout Options) throws(ConfigurationError) -> Void
  /// The value as people write it; nil where another setting says it.
  let write: @Sendable (Method) throws(ConfigurationError) -> OptionValue?
  /// Gives another method the defaults that a value of this setting stands for.
  let preset: (@Sendable (Method, inout Method) -> Void)?
  /// Whether there is no method without it; then it has no default.
  let isRequired: Bool

  private init(
    name: String, meaning: String, allowed: String, isRequired: Bool = false,
    read: @escaping @Sendable (inout Method, inout Options) throws(ConfigurationError) -> Void,
    write: @escaping @Sendable (Method) throws(ConfigurationError) -> OptionValue?,
    preset: (@Sendable (Method, inout Method) -> Void)? = nil
  ) {
    (self.name, self.meaning, self.allowed, self.isRequired) = (name, meaning, allowed, isRequired)
    (self.read, self.write, self.preset) = (read, write, preset)
  }

  /// A setting that a property holds.
  /// - Parameter format: what is taken, and how it is written: `.number(in: 0...1)`, `.flag`, `.word`.
  public init<Value: Sendable>(
    _ name: String, _ property: WritableKeyPath<Method, Value> & Sendable, _ format: SettingFormat<Value>,
    _ meaning: String
  ) {
    self.init(
      name: name, meaning: meaning, allowed: format.allowed,
      read: { (method, options) throws(ConfigurationError) in
        method[keyPath: property] = try format.read(&options, name, method[keyPath: property])
      },
      write: { (method) throws(ConfigurationError) in try format.write(method[keyPath: property]) })
  }

  /// A setting without which there is no method: a file, the data to derive others from.
  /// - Parameter example: how it is set, for the error where it is missing.
  public static func required<Value: Sendable>(
    _ name: String, _ property: WritableKeyPath<Method, Value> & Sendable, _ format: SettingFormat<Value>,
    _ meaning: String, example: String
  ) -> Setting {
    Setting(
      name: name, meaning: meaning, allowed: format.allowed, isRequired: true,
      read: { (method, options) throws(ConfigurationError) in
        guard options.has(name) else {
          throw .invalid(message: "'\(name)' is missing: \(example)", origin: options.origin)
        }
        method[keyPath: property] = try format.read(&options, name, method[keyPath: property])
      },
      write: { (method) throws(ConfigurationError) in try format.write(method[keyPath: property]) })
  }

  /// A setting whose value chooses the defaults of the others: a framework's style.
  ///
  /// It comes before the settings whose defaults it chooses.
  /// - Parameter standard: the method with the defaults that a value stands for.
  public static func preset<Value: Sendable>(
    _ name: String, _ property: WritableKeyPath<Method, Value> & Sendable, _ format: SettingFormat<Value>,
    _ meaning: String, standard: @escaping @Sendable (Value) -> Method
  ) -> Setting {
    Setting(
      name: name, meaning: meaning, allowed: format.allowed,
      read: { (method, options) throws(ConfigurationError) in
        guard options.has(name) else {
          _ = options.take(name)
          return
        }
        method = standard(try format.read(&options, name, method[keyPath: property]))
      },
      write: { (method) throws(ConfigurationError) in try format.write(method[keyPath: property]) },
      preset: { $1 = standard($0[keyPath: property]) })
  }

  /// A setting of another shape than a property.
  /// - Parameters:
  ///   - read: takes the setting out of the options; what isn't there leaves the method as it is.
  ///   - write: the value as people write it; nil where another setting says it.
  public static func custom(
    _ name: String, _ allowed: String, _ meaning: String,
    read: @escaping @Sendable (inout Method, inout Options) throws(ConfigurationError) -> Void,
    write: @escaping @Sendable (Method) throws(ConfigurationError) -> OptionValue?
  ) -> Setting {
    Setting(name: name, meaning: meaning, allowed: allowed, read: read, write: write)
  }

  /// The setting of a part, as one of the method that has the part.
  public func of<Whole: Sendable>(_ part: WritableKeyPath<Whole, Method> & Sendable) -> Setting<Whole> {
    var wholePreset: (@Sendable (Whole, inout Whole) -> Void)?
    if let preset { wholePreset = { whole, usual in preset(whole[keyPath: part], &usual[keyPath: part]) } }
    return Setting<Whole>(
      name: name, meaning: meaning, allowed: allowed, isRequired: isRequired,
      read: { (whole, options) throws(ConfigurationError) in try read(&whole[keyPath: part], &options) },
      write: { (whole) throws(ConfigurationError) in try write(whole[keyPath: part]) },
      preset: wholePreset)
  }

  /// The setting with another meaning, where a part has another role.
  public func meaning(_ meaning: String) -> Setting {
    Setting(
      name: name, meaning: meaning, allowed: allowed, isRequired: isRequired, read: read, write: write, preset: preset)
  }
}

extension Array {
  /// The settings of a part, as those of the method that has the part.
  public func of<Whole: Sendable, Part>(
    _ part: WritableKeyPath<Whole, Part> & Sendable
  ) -> [Setting<Whole>] where Element == Setting<Part> {
    map { $0.of(part) }
  }
}
