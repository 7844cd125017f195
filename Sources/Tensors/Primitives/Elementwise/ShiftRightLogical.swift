/// Bits moved down, zeros moved in.
struct ShiftRightLogical: BinaryElementwise, NonDifferentiable {
  static let name = "shiftRightLogical"
  static let operation = "stablehlo.shift_right_logical"
  static let domain = ElementDomain.integer
}
