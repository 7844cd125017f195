/// The size of a figure in pixels (CSS `px`).
public struct FigureSize: Sendable, Equatable {
  public var width: Double
  public var height: Double

  /// Sizes that aren't numbers or that nothing fits into are brought into 160...20,000 by 100...20,000.
  public init(width: Double, height: Double) {
    self.width = width.isFinite ? min(max(width, 160), 20_000) : 720
    self.height = height.isFinite ? min(max(height, 100), 20_000) : 440
  }
}
