import Configuration

/// The values that a search may give to a setting, and how densely it looks at them.
///
/// A scale maps a coordinate between 0 and 1, which a ``Sampler`` draws, to a value that a plan can hold:
///
/// ```swift
/// let rate = LogScale(1e-4, 1)
/// print(rate.value(at: 0.5))  // 0.01
/// ```
///
/// Every value reads back from its text as the same value, so a trial is an ordinary run, known by its settings.
public protocol SearchScale: Configurable {
  /// The value at a coordinate; coordinates outside 0 to 1 count as the nearest end.
  func value(at coordinate: Double) -> OptionValue

  /// The coordinate of a value: the middle of the coordinates that give it. Nil for a value that isn't on the scale.
  func coordinate(of value: OptionValue) -> Double?

  /// The coordinates with the same value as this one; a single one where values are continuous.
  func cell(around coordinate: Double) -> ClosedRange<Double>

  /// The scale as people write it: `log(0.0001, 1)`.
  var notation: String { get }

  /// How many values without an order there are; nil for a scale of numbers.
  var choiceCount: Int? { get }

  /// - Throws: ``SearchError`` for a range that is empty, reversed or otherwise not to be searched.
  func check() throws(SearchError)
}

extension SearchScale {
  public var choiceCount: Int? { nil }
  public func cell(around coordinate: Double) -> ClosedRange<Double> { coordinate...coordinate }

  public var notation: String {
    guard let spec = try? spec() else { return Self.name }
    let values = Self.declaration.settings.compactMap { setting in
      spec.options.pairs.first { $0.key == setting.name }.map { (setting.name, $0.value) }
    }
    let unnamed = Self.declaration.unnamed
    return "\(Self.name)("
      + values.map { unnamed.contains($0.0) ? "\($0.1)" : "\($0.0): \($0.1)" }.joined(separator: ", ") + ")"
  }

  /// What a declaration checks: the error says where the scale was written.
  @Sendable static func checkDeclared(_ scale: Self, _ options: Options) throws(ConfigurationError) {
    do throws(SearchError) { try scale.check() } catch {
      throw .invalid(message: error.description, origin: options.origin)
    }
  }

  static func checkRange(_ low: Double, _ high: Double) throws(SearchError) {
    guard low.isFinite, high.isFinite, (high - low).isFinite else { throw .notFinite(low: low, high: high) }
    guard low <= high else { throw .reversedRange(low: low, high: high) }
  }
}

extension Registry where Entry == any SearchScale {
  /// Reads a scale as a plan has it: `log(1e-4, 1)`, `choice(relu, swish)`.
  /// - Parameter origin: where it was written, for errors.
  /// - Throws: `ConfigurationError` for what isn't a scale, and for a range that can't be searched.
  public func scale(_ value: OptionValue, origin: String = "") throws(ConfigurationError) -> any SearchScale {
    var options = Options(origin: origin)
    try options.set("scale", value)
    let spec: MethodSpec
    switch try options.peek("scale") {
    case .choice(let method): spec = method
    case .text(let name): spec = MethodSpec(name)
    default:
      throw .wrongType(
        key: "a setting to search",
        expected: "a scale such as log(1e-4, 1), linear(0, 0.9), integer(16, 512) or choice(relu, swish)",
        found: value.description, origin: origin)
    }
    let place = spec.options.origin.isEmpty ? origin : spec.options.origin
    // All values of a choice go without a name, as many as there are.
    let pairs = spec.options.pairs
    let unnamed = pairs.enumerated().filter { $1.key == Options.key(ofUnnamed: $0) }.map(\.element.value)
    guard spec.name == ChoiceScale.name, unnamed.count == pairs.count, let first = unnamed.first else {
      return try build(MethodSpec(spec.name, Options(spec.options.values, origin: place)))
    }
    let values = if unnamed.count == 1, case .list(let elements) = first { elements } else { unnamed }
    return try build(MethodSpec(spec.name, Options(["values": .list(values)], origin: place)))
  }
}

extension Options {
  fileprivate var values: [String: OptionValue] { Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) }) }
}
