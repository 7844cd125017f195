/// How much the examples of each class count in the training loss.
///
/// The loss of a batch is the weighted mean of its examples' losses, as PyTorch's `CrossEntropyLoss(weight:)` has it.
/// Evaluation and metrics count every example once.
///
/// ```swift
/// let method = Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) { $0.classWeights = .balanced }
/// print(method.classWeights == .balanced)  // true
/// ```
public enum ClassWeights: Sendable, Hashable {
  /// Inversely proportional to how often a class occurs in the training data: `examples / (classes·examples of the
  /// class)`, over the classes that occur, as scikit-learn's `class_weight="balanced"`.
  case balanced
  /// One weight per class, each a finite number, 0 or more; for a single yes or no those of no and yes.
  case values([Double])

  /// The weights for a data set.
  /// - Throws: ``TrainingError/incompatible(_:)`` if targets aren't one class per example, or the number of weights isn't
  ///   that of the classes.
  func values(for data: ResidentData, outputs: Shape, _ kind: OutputKind?) throws -> [Double] {
    let isEvent = outputs == [1] && kind?.isOfClasses != true
    let targets = data.description
    guard isEvent ? targets.areValues(for: outputs) && kind != .values : outputs.rank == 1 && kind?.isOfEvents != true,
      isEvent || targets.areClassIndices(for: outputs) || targets.shape == outputs, kind != .values
    else {
      throw TrainingError.incompatible(
        Incompatibility(
          "'classWeights'", with: "outputs of the shape \(outputs) and targets of the shape \(targets.shape)",
          remedy: "it needs one class, or one yes or no, per example"))
    }
    let classes = isEvent ? 2 : outputs.last ?? 1
    switch self {
    case .values(let values):
      guard values.count == classes, values.allSatisfy({ $0 >= 0 && $0.isFinite }), values.contains(where: { $0 > 0 })
      else {
        throw TrainingError.incompatible(
          Incompatibility(
            "'classWeights' of \(values)", with: "\(classes) classes",
            remedy: "give one finite number per class, 0 or more and not all 0"))
      }
      return values
    case .balanced:
      let isDense = !isEvent && !targets.areClassIndices(for: outputs)
      let indices = isDense ? data.targets.argMax() : data.targets
      var counts = Array(repeating: 0.0, count: classes)
      for label in try indices.cast(to: .float64).values(as: Double.self) {
        if let index = Int(exactly: label.rounded()), counts.indices.contains(index) { counts[index] += 1 }
      }
      let present = Double(counts.count { $0 > 0 })
      return counts.map { $0 == 0 ? 0 : Double(data.count) / (present * $0) }
    }
  }
}

extension Tensor {
  /// The weight of each of these targets, `[batch]`: of class indices, of an example's probabilities of classes, or of
  /// a single yes or no.
  func weights(_ classes: [Double], dtype: DType) -> Tensor {
    let weights = Tensor(classes).cast(to: dtype)
    if rank == 1, dtype.isFloatingPoint, self.dtype.isInteger {
      return (cast(to: .int32).oneHot(classes.count, dtype: dtype) * weights).sum([-1])
    }
    let values = cast(to: dtype)
    if rank == 2, shape[1] == classes.count { return (values * weights).sum([-1]) }
    let yes = values.reshape(to: [shape[0]])
    return yes * (classes[1] - classes[0]) + classes[0]
  }
}
