/// What a method is called, what it is, where it comes from and what can be set: the one place that states them.
///
/// Defaults, help, reading, range errors and the notation of a value all follow from it:
///
/// ```swift
/// public struct ELU: Activation {
///   public static let declaration = Declaration(
///     "elu", "x above 0, α(eˣ - 1) below", standard: ELU(),
///     reference: Reference("Clevert et al.", 2016, "Exponential Linear Units", "https://arxiv.org/abs/1511.07289"),
///     settings: [Setting("alpha", \.alpha, .number(in: 0...1e6), "α, minus the limit towards -∞")])
///
///   public var alpha: Double
///   public init(alpha: Double = 1) { self.alpha = alpha }
/// }
/// ```
public struct Declaration<Method: Sendable>: Sendable {
  /// The name people write, in lower camel case: `hSwish`.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// The method with every setting at its default.
  public let standard: Method
  /// What it computes in the field's symbols, in a line of plain text, where that says more than the summary.
  public let formula: String?
  /// The publication that introduced it, if there is one.
  public let reference: Reference?
  public let settings: [Setting<Method>]
  /// The first settings whose names may be left out: `conv2D(32, 3)`.
  public var unnamed: [String] { settings.prefix(unnamedCount).map(\.name) }
  private let unnamedCount: Int
  private let check: @Sendable (Method, Options) throws(ConfigurationError) -> Void

  /// - Parameters:
  ///   - standard: the method with its defaults, which no other place states.
  ///   - settings: in the order in which they are listed and read.
  ///   - unnamed: how many of the first settings need no name.
  ///   - check: what must hold between settings; throws if it doesn't. The options tell where each was written.
  public init(
    _ name: String, _ summary: String, standard: Method, formula: String? = nil, reference: Reference? = nil,
    settings: [Setting<Method>] = [], unnamed: Int = 1,
    check: @escaping @Sendable (Method, Options) throws(ConfigurationError) -> Void = { _, _ in }
  ) {
    self.name = name
    self.summary = summary
    self.standard = standard
    self.formula = formula
    self.reference = reference
    self.settings = settings
    unnamedCount = unnamed
    self.check = check
  }

  /// The method with the settings in `options`, which takes out what it knows.
  /// - Throws: ``ConfigurationError`` for a value of the wrong kind or out of range, and for a missing one.
  func method(from options: inout Options) throws(ConfigurationError) -> Method {
    try options.nameUnnamed(unnamed, of: name)
    try options.renameDeprecated(of: name)
    var method = standard
    for setting in settings { try setting.read(&method, &options) }
    try check(method, options)
    return method
  }

  /// The settings in which a method differs from the default.
  /// - Throws: ``ConfigurationError`` if a value has no notation.
  func options(of method: Method) throws(ConfigurationError) -> Options {
    var (options, usual) = (Options(), standard)
    for setting in settings {
      guard let value = try setting.write(method), try value != setting.write(usual) else { continue }
      try options.set(setting.name, value)
      setting.preset?(method, &usual)
    }
    return options
  }
}

/// A publication that a method is taken from.
public struct Reference: Sendable, Hashable, CustomStringConvertible {
  /// `Kingma and Ba`, `Foret et al.`
  public let authors: String
  public let year: Int
  public let title: String
  /// Where it can be read.
  public let link: String

  public init(_ authors: String, _ year: Int, _ title: String, _ link: String) {
    (self.authors, self.year, self.title, self.link) = (authors, year, title, link)
  }

  public var description: String { "\(authors) (\(year)): \(title). \(link)" }
}
