/// A model's layers with their shapes and parameter counts, printed in two well-known layouts.
public struct LayerSummary: Sendable {
  /// One layer of the model.
  public struct Row: Sendable, Hashable {
    public let path: String
    public let label: String
    public let typeName: String
    public let input: Shape
    public let output: Shape
    /// Trainable parameters.
    public let trainableCount: Int
    /// Parameters that are frozen.
    public let frozenCount: Int
    /// Elements of the state: running statistics.
    public let stateCount: Int
  }

  /// The model's direct layers, in the order of their first call.
  public let rows: [Row]
  public let trainableCount: Int
  /// Parameters that are frozen.
  public let frozenCount: Int
  public let stateCount: Int

  /// - Parameters:
  ///   - records: of one trace, see `Layer.trace(_:key:precision:)`.
  ///   - variables: of the same trace.
  ///   - isTrained: whether the parameter of a path is trained; by default, all are.
  public init(
    _ records: [LayerRecord], _ variables: ModelVariables, isTrained: (String) -> Bool = { _ in true }
  ) {
    let (trained, frozen) = (
      variables.parameters.filter(isTrained), variables.parameters.filter { !isTrained($0) }
    )
    let outer = records.filter { !$0.path.isEmpty && !$0.path.contains("/") }
    var seen: Set<String> = []
    // A model that is a single layer has no inner ones.
    rows = (outer.isEmpty ? records.suffix(1) : outer[...]).filter { seen.insert($0.path).inserted }.map { record in
      func count(_ tree: TensorTree) -> Int {
        tree.pairs.filter { record.path.isEmpty || $0.path.hasPrefix(record.path + "/") }
          .reduce(0) { $0 + $1.tensor.shape.elementCount }
      }
      return Row(
        path: record.path, label: record.label, typeName: record.typeName, input: record.input.shape,
        output: record.output.shape, trainableCount: count(trained), frozenCount: count(frozen),
        stateCount: count(variables.state))
    }
    (trainableCount, frozenCount) = (trained.elementCount, frozen.elementCount)
    stateCount = variables.state.elementCount
  }
}

extension Layer {
  /// The model's layers for batches of the given type.
  /// - Parameter isTrained: whether the parameter of a path is trained; by default, all are.
  /// - Throws: `Diagnostic` with the layer's path if the layers don't fit each other or the input.
  public func layerSummary(
    for input: TensorType, isTrained: (String) -> Bool = { _ in true }
  ) throws -> LayerSummary {
    let precision = input.dtype.isFloatingPoint ? Precision(input.dtype) : .float32
    let (records, variables) = try trace(input, precision: precision)
    return LayerSummary(records, variables, isTrained: isTrained)
  }

  /// The model's layers as Keras 2 prints them; see ``LayerSummary/kerasText(name:)``.
  /// - Throws: as ``layerSummary(for:)`` does.
  public func summary(for input: TensorType) throws -> String {
    try layerSummary(for: input).kerasText(name: label)
  }
}

extension LayerSummary {
  /// The table of Keras 2's `model.summary()`, 65 columns wide; longer cells are cut.
  public func kerasText(name: String) -> String {
    let line = String(repeating: "_", count: Self.width)
    let doubleLine = String(repeating: "=", count: Self.width)
    let cells = rows.map { row in
      Self.cells(
        [
          "\(row.path.isEmpty ? row.label : row.path) (\(row.typeName))", Self.text(row.output),
          "\(row.trainableCount + row.frozenCount + row.stateCount)",
        ])
    }
    let totals =
      [
        "Total params: \(Self.grouped(trainableCount + frozenCount + stateCount))",
        "Trainable params: \(Self.grouped(trainableCount))",
        "Non-trainable params: \(Self.grouped(frozenCount + stateCount))",
      ] + frozenLayers
    return
      (["Model: \"\(name)\"", line, Self.cells(["Layer (type)", "Output Shape", "Param #"]), doubleLine]
      + [cells.joined(separator: "\n\(line)\n")] + [doubleLine] + totals + [line]).joined(separator: "\n")
  }

  /// A line that names the layers with frozen parameters; none without.
  private var frozenLayers: [String] {
    let frozen = rows.filter { $0.frozenCount > 0 }.map { row in
      (row.path.isEmpty ? row.label : row.path) + (row.trainableCount > 0 ? " (in part)" : "")
    }
    return frozen.isEmpty ? [] : ["Frozen: " + frozen.joined(separator: ", ")]
  }

  private static let width = 65

  /// Cells begin after columns 0, 29 and 55. A cell that is too long loses its last character to a space.
  private static func cells(_ texts: [String]) -> String {
    var line = ""
    for (text, end) in zip(texts, [29, 55, width]) {
      if !line.isEmpty { line = line.dropLast() + " " }
      line = String((line + text).prefix(end))
      line += String(repeating: " ", count: end - line.count)
    }
    return line
  }

  /// The batch size isn't part of the model.
  private static func text(_ shape: Shape) -> String {
    "(" + (["None"] + shape.dropFirst().map(String.init)).joined(separator: ", ") + ")"
  }

  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      text = String(digit) + (index > 0 && index.isMultiple(of: 3) ? "," : "") + text
    }
    return text
  }
}

extension LayerSummary {
  /// A compact listing in the style of NumPy tutorials: name, kind, input units and output units of each layer, then the
  /// output function and the loss, each on its own line.
  ///
  /// - Parameter loss: cross entropy of logits includes the softmax, which the listing shows as the output.
  public func compactText(loss: any Loss) -> String {
    let output = outputFunction(with: loss)
    // Layers that only change the shape are left out.
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

  /// The listing's names.
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

  /// What is probably a mistake but can be trained: a model that ends in softmax or sigmoid under a loss of logits, which
  /// applies it again. Gradients are then small, and training is slow.
  /// - Returns: a sentence for a person; nil as a rule.
  public func warning(with loss: any Loss) -> String? {
    let (again, remedy) =
      switch loss.outputKind {
      case .classLogits: (Softmax.name, ProbabilityCrossEntropy.name)
      case .eventLogits: (Sigmoid.name, "\(BinaryCrossEntropy.name)(of: probabilities)")
      default: ("", "")
      }
    guard !again.isEmpty, rows.last?.label == again else { return nil }
    return
      "the model ends in \(again), but the loss '\(Swift.type(of: loss).name)' takes logits: leave \(again) out, or take "
      + "the loss \(remedy)"
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
