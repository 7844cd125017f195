/// A batch's targets against its outputs, whose last axis is classes: indices one rank below, or values of the
/// same shape.
enum ClassTargets {
  /// One-hot, and whether each index is a class.
  case indices(oneHot: Tensor, isValid: Tensor)
  case dense(Tensor)
  case mismatched(Tensor)

  init(_ targets: Tensor, for outputs: Tensor, operation: String) {
    if let diagnostic = outputs.diagnostic ?? targets.diagnostic {
      self = .mismatched(.failed(diagnostic))
    } else if outputs.rank < 2 || !outputs.dtype.isFloatingPoint {
      self = .mismatched(
        .failed(
          Diagnostic(
            operation: operation, message: "takes floating-point outputs [batch, …, classes]",
            inputs: [outputs.type, targets.type])))
    } else if targets.dtype.isInteger, targets.shape == Shape(outputs.shape.dropLast()) {
      let count = outputs.shape.last
      // A type too narrow to count the classes holds no index beyond them.
      let indices = targets.cast(to: .int32)
      self = .indices(
        oneHot: indices.oneHot(count, dtype: outputs.dtype), isValid: (indices .>= 0) .& (indices .< Double(count)))
    } else if targets.shape == outputs.shape {
      self = .dense(targets.cast(to: outputs.dtype))
    } else {
      self = .mismatched(
        .failed(
          Diagnostic(
            operation: operation,
            message:
              "targets must be integer class indices \(Shape(outputs.shape.dropLast())), or values \(outputs.shape)",
            inputs: [outputs.type, targets.type])))
    }
  }

  /// Each example's loss by `loss`, which gets targets of the outputs' shape and gives one number a position.
  /// An index that is no class makes its example NaN: it would count as no loss at all.
  func perExample(_ loss: (Tensor) -> Tensor) -> Tensor {
    switch self {
    case .indices(let oneHot, let isValid):
      loss(oneHot).replaced(where: .!isValid, by: .nan).meanOfPositions()
    case .dense(let targets): loss(targets).meanOfPositions()
    case .mismatched(let failed): failed
    }
  }
}

extension Tensor {
  /// These targets as numbers of the outputs' type and shape; a missing last axis of extent 1 is added.
  func asValues(for outputs: Tensor, operation: String) -> Tensor {
    if let diagnostic = outputs.diagnostic ?? diagnostic { return .failed(diagnostic) }
    guard outputs.dtype.isFloatingPoint,
      shape == outputs.shape || (outputs.shape.last == 1 && shape == Shape(outputs.shape.dropLast()))
    else {
      return .failed(
        Diagnostic(
          operation: operation,
          message:
            "takes floating-point outputs, and targets of their shape; class indices are for softmaxCrossEntropy and accuracy",
          inputs: [outputs.type, type]))
    }
    return cast(to: outputs.dtype).reshape(to: outputs.shape)
  }
}
