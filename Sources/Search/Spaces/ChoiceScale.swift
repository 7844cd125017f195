import Configuration

/// One of several values without an order: methods, words, or numbers that are no scale.
///
/// ```swift
/// let activation = ChoiceScale([.text("relu"), .text("swish"), .text("mish")])
/// print(activation.value(at: 0.5))  // swish
/// ```
public struct ChoiceScale: SearchScale {
  public static let declaration = Declaration(
    "choice", "one of several values", standard: ChoiceScale([]),
    settings: [
      .custom(
        "values", "two or more values", "the values to choose from; their names may be left out: choice(relu, swish)",
        read: { (scale, options) throws(ConfigurationError) in
          if let values = options.take("values") { scale.values = values.elements }
        },
        write: { $0.values.isEmpty ? nil : .list($0.values) })
    ], check: checkDeclared)

  public var values: [OptionValue]

  public init(_ values: [OptionValue]) { self.values = values }

  public var choiceCount: Int? { values.count }

  public var notation: String { "\(Self.name)(\(values.map(\.description).joined(separator: ", ")))" }

  public func check() throws(SearchError) {
    guard values.count > 1 else { throw .emptyRange(notation) }
    var seen: Set<OptionValue> = []
    for value in values where !seen.insert(value.meaning).inserted { throw .duplicateChoice(value.description) }
  }

  public func value(at coordinate: Double) -> OptionValue {
    values.isEmpty ? .text("none") : values[index(at: coordinate)]
  }

  public func coordinate(of value: OptionValue) -> Double? {
    values.firstIndex { $0.meaning == value.meaning }.map { (Double($0) + 0.5) / Double(values.count) }
  }

  public func cell(around coordinate: Double) -> ClosedRange<Double> {
    let index = Double(index(at: coordinate))
    return index / Double(values.count)...(index + 1) / Double(values.count)
  }

  private func index(at coordinate: Double) -> Int {
    Swift.min(Int(coordinate.clamped * Double(values.count)), values.count - 1)
  }
}
