import Configuration

/// One setting of a plan: a run's key, and what it is set to.
public struct Override: Sendable, Hashable {
  /// A key, or keys of methods inside methods: `optimizer.learningRate`.
  public let path: String
  /// Where it was written, `plan.yml:12` say.
  public let origin: String
  private let reading: Result<OptionValue, ConfigurationError>

  public init(_ path: String, _ value: OptionValue, origin: String = "") {
    self.path = path
    self.origin = origin
    reading = .success(value)
  }

  /// A setting as a person writes it. ``value()`` throws for text that can't be read.
  public init(_ path: String, text: String, origin: String = "") {
    self.path = path
    self.origin = origin
    reading = Result { () throws(ConfigurationError) in try OptionValue(parsing: text, origin: origin) }
  }

  /// A setting that is a value in Swift. ``value()`` throws for one that has no notation.
  init(_ path: String, writing value: () throws(ConfigurationError) -> OptionValue, origin: String) {
    self.path = path
    self.origin = origin
    reading = Result(catching: value)
  }

  /// - Throws: `ConfigurationError` if the text that the setting was made of can't be read.
  public func value() throws(ConfigurationError) -> OptionValue { try reading.get() }

  /// Settings are equal wherever they were written.
  public static func == (one: Override, other: Override) -> Bool {
    one.path == other.path && one.reading == other.reading
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(reading)
  }
}

extension String {
  /// The path of a setting, in which earlier versions may have called the run's setting otherwise.
  var presentPath: String {
    let key = prefix { $0 != "." }
    return RenamedSettings.named(String(key), in: RenamedSettings.run, .present) + dropFirst(key.count)
  }
}

extension [Override] {
  /// The settings of a dictionary, in the keys' order.
  public init(_ texts: [String: String], origin: String = "") {
    self = texts.sorted { $0.key < $1.key }.map { Override($0.key, text: $0.value, origin: origin) }
  }
}

extension Options {
  /// Replaces what the settings name: a method before its options, however they were written.
  mutating func apply(_ settings: [Override]) throws(ConfigurationError) {
    let depths = settings.map { setting in setting.path.count { $0 == "." } }
    let order = settings.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }
    for index in order {
      try replace(settings[index].path, with: settings[index].value(), origin: settings[index].origin)
    }
  }
}

/// One axis of a grid: a setting, and the values it takes. An axis of one value sets it for all arms.
public struct GridAxis: Sendable, Hashable {
  /// A run's key, or keys of methods inside methods: `optimizer.learningRate`.
  public let path: String
  public let values: [OptionValue]
  /// Where it was written.
  public let origin: String

  public init(_ path: String, _ values: [OptionValue], origin: String = "") {
    self.path = path
    self.values = values
    self.origin = origin
  }

  /// Axes are equal wherever they were written.
  public static func == (one: GridAxis, other: GridAxis) -> Bool {
    one.path == other.path && one.values == other.values
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(values)
  }
}
