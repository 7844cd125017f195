/// The least integer not below.
struct Ceiling: UnaryElementwise, NonDifferentiable {
  static let name = "ceil"
  static let operation = "stablehlo.ceil"
}
