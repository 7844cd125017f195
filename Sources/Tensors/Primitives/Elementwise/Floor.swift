/// The greatest integer not above.
struct Floor: UnaryElementwise, NonDifferentiable {
  static let name = "floor"
  static let operation = "stablehlo.floor"
}
