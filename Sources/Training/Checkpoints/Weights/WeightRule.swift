/// What a kind of parameter is called in another framework, and in which order that keeps its axes.
public struct WeightRule: Sendable, Equatable {
  /// The last part of the parameter's path here: `kernel`.
  public var name: String
  /// Axes of the arrays that the rule is for; nil for any number.
  public var rank: Int?
  /// The last part of its name there: `weight`.
  public var foreignName: String
  /// For each axis there the axis here; nil if they are the same.
  public var axes: [Int]?

  public init(_ name: String, rank: Int? = nil, as foreignName: String, axes: [Int]? = nil) {
    (self.name, self.rank, self.foreignName, self.axes) = (name, rank, foreignName, axes)
  }
}
