extension LayerSummary {
  /// Article 2's listing: name, kind, units in and units out of each layer; the output function and the loss
  /// come last, each with a line of its own.
  ///
  /// - Parameter loss: cross entropy of logits has the softmax in it, which the listing shows as the output.
  public func compactText(loss: any Loss) -> String {
    let output = outputFunction(with: loss)
    // A layer that only reads the same numbers under another shape is no line of the article's.
    let hidden = (output.isLayer ? rows.dropLast() : rows[...]).filter { !Self.shapes.contains($0.label) }
    var counts: [String: Int] = [:]
    let layers = hidden.map { row in
      let kind = Self.kinds[row.label] ?? row.label.snakeCase
      counts[kind, default: 0] += 1
      return "\(kind)\(counts[kind, default: 0]) \(kind) \(Self.units(row.input)) \(Self.units(row.output))"
    }
    let name = Self.errors[Swift.type(of: Self.plain(loss)).name] ?? Swift.type(of: Self.plain(loss)).name.snakeCase
    return
      (["input - 0 \(Self.units(rows.first?.input ?? []))"] + layers
      + ["output \(output.name) \(Self.units(rows.last?.output ?? []))", "error \(name)"]).joined(separator: "\n")
  }

  private static let shapes: Set = ["flatten", "reshape"]

  /// What the article calls things.
  private static let kinds = ["dense": "affine"]
  private static let errors = [
    SoftmaxCrossEntropy.name: "cross_entropy_error", ProbabilityCrossEntropy.name: "cross_entropy_error",
    BinaryCrossEntropy.name: "binary_cross_entropy_error",
  ]

  private func outputFunction(with loss: any Loss) -> (name: String, isLayer: Bool) {
    let plain = Self.plain(loss)
    if let last = rows.last, rows.count > 1, Self.outputs.contains(last.label) { return (last.label.snakeCase, true) }
    if plain is SoftmaxCrossEntropy { return ("softmax", false) }
    if let binary = plain as? BinaryCrossEntropy, binary.outputs == .logits { return ("sigmoid", false) }
    return ("identity", false)
  }

  private static let outputs: Set = [Softmax.name, Sigmoid.name, LogSoftmax.name, Tanh.name]

  /// The loss without its modifiers.
  private static func plain(_ loss: any Loss) -> any Loss {
    switch loss {
    case let flooded as Flooded: plain(flooded.loss)
    case let summed as Summed: plain(summed.loss)
    default: loss
    }
  }

  private static func units(_ shape: Shape) -> Int { shape.dropFirst().reduce(1, *) }
}

extension String {
  /// `hSwish` as `h_swish`.
  fileprivate var snakeCase: String {
    reduce(into: "") { text, character in
      if character.isUppercase, !text.isEmpty { text += "_" }
      text += character.lowercased()
    }
  }
}
