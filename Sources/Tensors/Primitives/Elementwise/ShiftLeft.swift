/// Bits moved up; 0 where the shift is the width or more.
struct ShiftLeft: BinaryElementwise, NonDifferentiable {
  static let name = "shiftLeft"
  static let operation = "stablehlo.shift_left"
  static let domain = ElementDomain.integer
}
