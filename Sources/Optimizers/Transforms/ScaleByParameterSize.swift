/// Each tensor times the root mean square of its parameter, or `minimum` if that is more (Adafactor, Shazeer
/// and Stern 2018).
public struct ScaleByParameterSize: ParameterwiseTransform {
  public var minimum: Double

  public init(minimum: Double = 1e-3) { self.minimum = minimum }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    update * parameter.rootMeanSquare().maximum(minimum).cast(to: update.dtype)
  }
}
