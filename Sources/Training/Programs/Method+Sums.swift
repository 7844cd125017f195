extension Method {
  func penalty(_ parameters: TensorTree) -> Tensor? {
    penalties.isEmpty ? nil : penalties.dropFirst().reduce(penalties[0](parameters)) { $0 + $1(parameters) }
  }

  /// For each metric the sum over the batch and the count it is over, so that batches of any size average exactly.
  /// Paths: `accuracy/sum`, `accuracy/count`, ….
  func sums(_ outputs: Tensor, _ targets: Tensor, _ weights: Tensor?) -> TensorTree {
    var tree = TensorTree()
    for (name, metric) in zip(reportedNames.dropFirst(), metrics) {
      let part = metric(outputs, targets, weights: weights)
      tree["\(name)/sum"] = part.sum
      tree["\(name)/count"] = part.count
    }
    return tree
  }

  /// Sum and count of the loss, then of each metric, in one row.
  func row(lossSum: Tensor, count: Tensor, _ metrics: TensorTree) -> Tensor {
    Tensor.stack(([lossSum, count] + metrics.tensors).map { $0.cast(to: lossSum.dtype) })
  }

  /// Names of what is reported, in the order of ``row(lossSum:count:_:)``. The second metric of a name, top-k of
  /// another k say, is `name_2`.
  var reportedNames: [String] {
    var counts: [String: Int] = [:]
    return (["loss"] + metrics.map { type(of: $0).name }).map { name in
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)_\(counts[name, default: 0])"
    }
  }
}
