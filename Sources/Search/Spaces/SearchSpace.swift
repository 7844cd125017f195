import Configuration

/// The settings that a search varies, each on its scale.
///
/// ```swift
/// let space = try SearchSpace([
///   ("optimizer.learningRate", LogScale(1e-4, 1)), ("optimizer.momentum", LinearScale(0, 0.99)),
/// ])
/// print(try space.values(at: [0.5, 0]).map(\.description))  // ["0.01", "0"]
/// ```
public struct SearchSpace: Sendable {
  /// A setting, by the path that a plan's override has, and its scale.
  public typealias Dimension = (setting: String, scale: any SearchScale)

  /// In the order of the coordinates of a point.
  public let dimensions: [Dimension]

  /// - Throws: ``SearchError`` for no settings, the same one twice, or a scale that can't be searched.
  public init(_ dimensions: [Dimension]) throws(SearchError) {
    if dimensions.isEmpty { throw .noSettings }
    var seen: Set<String> = []
    for (setting, scale) in dimensions {
      guard seen.insert(setting).inserted else { throw .duplicateSetting(setting) }
      try scale.check()
    }
    self.dimensions = dimensions
  }

  public var settings: [String] { dimensions.map(\.setting) }

  /// The value of each setting at a point.
  /// - Parameter point: a coordinate from 0 to 1 per setting.
  /// - Throws: ``SearchError/wrongCount(what:expected:found:)``.
  public func values(at point: [Double]) throws(SearchError) -> [OptionValue] {
    try check(point.count, "coordinates")
    return zip(dimensions, point).map { $0.scale.value(at: $1) }
  }

  /// The point of a value per setting.
  /// - Throws: ``SearchError`` for a value that isn't on its scale, or the wrong number of values.
  public func point(of values: [OptionValue]) throws(SearchError) -> [Double] {
    try check(values.count, "values")
    var point: [Double] = []
    for (dimension, value) in zip(dimensions, values) {
      guard let coordinate = dimension.scale.coordinate(of: value) else {
        throw .notOnScale(
          setting: dimension.setting, value: value.description, scale: dimension.scale.notation)
      }
      point.append(coordinate)
    }
    return point
  }

  /// The settings whose value lies at an end of its scale: there may be better ones beyond. A whole number lies at an
  /// end if it is the end; other numbers do within a twentieth of the scale's length. Choices have no ends.
  /// - Throws: ``SearchError`` for a value that isn't on its scale, or the wrong number of values.
  public func settingsAtEdge(of values: [OptionValue]) throws(SearchError) -> [(setting: String, isLow: Bool)] {
    zip(dimensions, try point(of: values)).compactMap { dimension, coordinate in
      guard dimension.scale.choiceCount == nil else { return nil }
      let cell = dimension.scale.cell(around: coordinate)
      let margin = cell.lowerBound < cell.upperBound ? 0 : 0.05
      if cell.lowerBound <= margin { return (dimension.setting, true) }
      return cell.upperBound >= 1 - margin ? (dimension.setting, false) : nil
    }
  }

  private func check(_ found: Int, _ what: String) throws(SearchError) {
    guard found == dimensions.count else {
      throw .wrongCount(what: what, expected: dimensions.count, found: found)
    }
  }
}
