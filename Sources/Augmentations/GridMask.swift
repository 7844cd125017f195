import Configuration

/// Squares on a regular grid set to one value ([Chen et al. 2020](https://arxiv.org/abs/2001.04086)).
///
/// The grid's unit is a random number of pixels, its origin and its angle are random too. Of a unit a strip along each side
/// stays, and the square that remains is masked. The value is 0 after preprocessing, which is the mean where that
/// standardizes.
public struct GridMask: Augmentation {
  public static let declaration = Declaration(
    "gridMask", "squares on a regular grid set to 0", standard: GridMask(),
    reference: Reference("Chen et al.", 2020, "GridMask Data Augmentation", "https://arxiv.org/abs/2001.04086"),
    settings: [
      Setting("unit", \.unit, .range(in: 2...10_000), "range of the grid's unit in whole pixels"),
      Setting("ratio", \.ratio, .number(in: 0...1), "share of a unit's side that stays"),
      Setting("degrees", \.degrees, .number(in: 0...360), "the grid's greatest angle"),
      Setting("probability", \.probability, .probability, "probability of a mask"),
      Setting("value", \.value, .number(in: -1e30...1e30), "the squares' value, after preprocessing"),
    ])

  public var unit: any RangeSchedule
  public var ratio: any Schedule
  public var degrees: any Schedule
  public var probability: any Schedule
  public var value: any Schedule
  public var stage: AugmentationStage { .prepared }

  public init(
    unit: any RangeSchedule = 24.0...32.0, ratio: any Schedule = 0.4, degrees: any Schedule = 0.0,
    probability: any Schedule = 0.7, value: any Schedule = 0.0
  ) {
    (self.unit, self.ratio, self.degrees) = (unit, ratio, degrees)
    (self.probability, self.value) = (probability, value)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(unit, "\(Self.name).unit", "2 pixels or more at both ends") { $0 >= 2 }
    try AugmentationError.check(ratio, "\(Self.name).ratio", "from 0 to 1") { (0...1).contains($0) }
    try AugmentationError.check(degrees, "\(Self.name).degrees", "from 0 to 360") { (0...360).contains($0) }
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(\.ratio, \.degrees, \.probability, \.value, ranges: \.unit, at: progress)
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    func drawn(_ name: String) -> Tensor { batch.draw { key.derived(name).uniform([$0]) } }
    let least = -(-unit.low.initial).roundedDown
    let units = (drawn("unit") * ((unit.high.initial.roundedDown - least).maximum(0) + 1)).floor() + least
    let mask = mask(
      batch.size, units: units, top: (drawn("top") * units).floor(), left: (drawn("left") * units).floor(),
      degrees: drawn("angle") * degrees.initial)
    let isChosen = batch.draw { key.derived("chosen").bernoulli([$0], probability: probability.initial) }
    let values = batch.values
    return batch.with(
      images: values.replaced(where: (mask .& isChosen.perImage).broadcast(to: values.shape), by: value.initial))
  }

  /// Where images are masked, `bool [batch, height, width, 1]`.
  /// - Parameters:
  ///   - units: whole pixels, `[batch]`.
  ///   - top: the first row of a unit.
  ///   - left: the first column of a unit.
  ///   - degrees: of the grid around the image's center.
  func mask(_ size: ImageShape, units: Tensor, top: Tensor, left: Tensor, degrees: Tensor) -> Tensor {
    let middle = (y: Double(size.height - 1) / 2, x: Double(size.width - 1) / 2)
    let plane: Shape = [1, size.height, size.width, 1]
    let y = Tensor.iota(plane, axis: 1, dtype: .float32) - middle.y
    let x = Tensor.iota(plane, axis: 2, dtype: .float32) - middle.x
    let angle = (degrees * (Double.pi / 180)).perImage
    let unit = units.perImage
    let kept = (unit * ratio.initial + 0.5).floor().maximum(1).minimum(unit - 1)
    func isInside(_ place: Tensor) -> Tensor {
      let place = place.rounded()
      return place - (place / unit).floor() * unit .>= kept
    }
    return isInside(y * angle.cos() + x * angle.sin() + middle.y - top.perImage)
      .& isInside(x * angle.cos() - y * angle.sin() + middle.x - left.perImage)
  }
}
