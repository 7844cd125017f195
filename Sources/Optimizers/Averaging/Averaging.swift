import Configuration

/// What happens to the parameters after an update: slow copies, running means.
public protocol Averaging: Catalogued {
  /// Which running statistics the averaged parameters are evaluated with; the last ones by default.
  var statistics: AveragedStatistics { get }

  /// The state before the first step.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Returns: the parameters training goes on with, and the new state.
  func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree)

  /// The parameters to evaluate and keep.
  func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree
}

extension Averaging {
  public var statistics: AveragedStatistics { .last }
}

/// Which running statistics, batch normalization's say, averaged parameters are evaluated with.
public enum AveragedStatistics: String, Sendable, Hashable, CaseIterable {
  /// Those of training, which belong to the parameters that aren't averaged.
  case last
  /// Estimated for the averaged parameters after each epoch, as PyTorch's `update_bn` does: by a pass over the training
  /// data in the epoch's order, without augmentation, in which all whole batches count alike. A pass without gradients
  /// costs about a third of an epoch.
  case estimated
}

extension Parameter {
  static let statistics = Parameter(
    "statistics", default: AveragedStatistics.last.rawValue,
    "running statistics to evaluate with: last, or estimated for the average after each epoch")
}
