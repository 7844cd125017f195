/// The nearest integer, halves to the even one.
struct RoundToEven: UnaryElementwise, NonDifferentiable {
  static let name = "roundNearestEven"
  static let operation = "stablehlo.round_nearest_even"
}
