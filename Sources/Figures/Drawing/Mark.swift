/// One layer of a drawing, in data coordinates. The first value is the place in `Drawing.series`.
enum Mark: Sendable {
  case line(Int, [DataPoint], LineDash, markers: Bool)
  case band(Int, [DataPoint], [ErrorInterval])
  case points(Int, [DataPoint])
  case errors(Int, [ErrorBar])
  case boxes(Int, [Box], opacity: Double)
  /// The values of one arm of a dot plot, spread so that none hides another.
  case swarm(Int, row: Int, [Double])
  case summary(Int, row: Int, center: Double, ErrorInterval?)
  /// A value to compare a row with, as an open diamond.
  case comparison(Int, row: Int, Double)
  /// Text that starts a few pixels to the right of a point.
  case note(String, DataPoint)
}

struct ErrorBar: Sendable {
  var at: DataPoint
  var interval: ErrorInterval
  var isVertical: Bool
}

/// A rectangle between two corners.
struct Box: Sendable {
  var from: DataPoint
  var to: DataPoint
}
