extension Tensor {
  /// Elements brought into `range`, with derivative 0 at its bounds, where a clamp would share the gradient with
  /// the bound.
  func saturated(to range: ClosedRange<Double>) -> Tensor {
    replaced(where: self .<= range.lowerBound, by: range.lowerBound)
      .replaced(where: self .>= range.upperBound, by: range.upperBound)
  }
}
