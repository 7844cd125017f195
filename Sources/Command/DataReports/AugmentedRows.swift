import Tanren

/// Images of a data set, each followed by what augmentations make of it.
struct AugmentedRows {
  let data: LabeledArrays

  /// - Throws: `AugmentationError` if the images can't be augmented so, `UsageError` if they aren't bytes.
  init(
    _ data: LabeledArrays, _ augmentations: [any Augmentation], rows: Int, columns: Int, seed: UInt64
  ) throws {
    guard data.inputs.dtype == .uint8 else {
      throw UsageError("the inputs are \(data.inputs.dtype): images are uint8")
    }
    let pipeline = AugmentationPipeline(augmentations)
    try pipeline.check(ImageShape(of: data.inputs.shape))
    let rows = min(rows, data.count)
    let first = try data.prefix(rows)
    let source = (0..<rows * columns).map { Int32($0 / columns) }
    let images = Tensor(first.inputs).take(Tensor(source))
    let labels = try? first.labels()
    let targets = labels.map { labels in source.map { labels[Int($0)] } } ?? source
    let classes = data.classCount ?? rows
    // As a training step does it: the second stage sees 0...1.
    var batch = ImageBatch(images: images, targets: Tensor(targets), classes: classes)
    let key = Key(seed: seed)
    batch = pipeline(batch, stage: .source, key: key)
    batch.images = Rescaling(dividingBy: 255)(batch.images, dtype: .float32)
    batch = pipeline(batch, stage: .prepared, key: key)
    let bytes = (batch.images * 255).rounded().clamped(to: 0...255).cast(to: .uint8)
    let isOriginal = Tensor((0..<rows * columns).map { $0 % columns == 0 })
      .reshape(to: Shape([rows * columns] + images.shape.dropFirst().map { _ in 1 }))
    let shown = try Tensor.select(isOriginal.broadcast(to: images.shape), images, bytes).hostArray()
    self.data = try LabeledArrays(inputs: shown, targets: HostArray(targets), classCount: classes)
  }
}
