import Configuration
@_exported import Schedules

/// A random transformation of training images, applied inside the compiled step.
///
/// An augmentation draws everything from its key, independently per image. ``AugmentationPipeline`` derives that key from
/// the augmentation's name, so that adding another augmentation doesn't change its draws.
public protocol Augmentation: Configurable {
  /// Whether it is applied before or after preprocessing.
  var stage: AugmentationStage { get }

  /// The augmented batch. The images' element type may change; their shape doesn't.
  func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch

  /// - Throws: ``AugmentationError`` for a setting that is invalid, in general or for images of this size.
  func check(_ images: ImageShape) throws(AugmentationError)

  /// The augmentation at a point of training, for one with schedules; by default itself.
  func scheduled(at progress: Progress) -> any Augmentation
}

extension Augmentation {
  public func scheduled(at progress: Progress) -> any Augmentation { self }

  /// The same with the present value of some numbers and ranges.
  func fixed(
    _ numbers: WritableKeyPath<Self, any Schedule>..., ranges: WritableKeyPath<Self, any RangeSchedule>...,
    at progress: Progress
  ) -> Self {
    var copy = self
    for number in numbers { copy[keyPath: number] = copy[keyPath: number].fixed(at: progress) }
    for range in ranges { copy[keyPath: range] = copy[keyPath: range].fixed(at: progress) }
    return copy
  }

  public var stage: AugmentationStage { .source }
  public func check(_ images: ImageShape) throws(AugmentationError) {}
}

/// Where in a training step an augmentation has its place.
public enum AugmentationStage: Sendable, Hashable {
  /// Before preprocessing, on the data set's own values: 0...255 for bytes.
  case source
  /// After preprocessing, on the model's inputs.
  case prepared
}

/// Several augmentations under one name. A pipeline replaces the group by its parts.
public protocol AugmentationGroup: Augmentation {
  /// In the order they are applied; groups may be among them.
  var parts: [any Augmentation] { get }
}

extension AugmentationGroup {
  /// Applies the parts in order, without preprocessing between them.
  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let pipeline = AugmentationPipeline(parts)
    return pipeline(pipeline(batch, stage: .source, key: key), stage: .prepared, key: key)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for part in parts { try part.check(images) }
  }
}

/// A sequence of augmentations.
///
/// Consecutive affine augmentations with the same fill are one resampling: their maps are composed, so that pixels are
/// interpolated once.
public struct AugmentationPipeline: Sendable {
  /// Groups are replaced by their parts.
  public private(set) var augmentations: [any Augmentation]
  /// The name by which each one's key is derived.
  private let names: [String]

  public init(_ augmentations: [any Augmentation] = []) {
    func flattened(_ augmentation: any Augmentation) -> [any Augmentation] {
      (augmentation as? any AugmentationGroup)?.parts.flatMap(flattened) ?? [augmentation]
    }
    self.augmentations = augmentations.flatMap(flattened)
    var counts: [String: Int] = [:]
    names = self.augmentations.map {
      let name = type(of: $0).name
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)#\(counts[name, default: 0])"
    }
  }

  public var isEmpty: Bool { augmentations.isEmpty }

  /// The augmentations at a point of training, with the same draws.
  public func scheduled(at progress: Progress) -> AugmentationPipeline {
    var copy = self
    copy.augmentations = augmentations.map { $0.scheduled(at: progress) }
    return copy
  }

  /// - Throws: ``AugmentationError`` for the first setting that is invalid for images of this size.
  public func check(_ images: ImageShape) throws(AugmentationError) {
    for augmentation in augmentations { try augmentation.check(images) }
  }

  /// The batch after the augmentations of a stage.
  /// - Parameter key: of this step; an augmentation's draws depend on it, on the augmentation's name, and on how many of
  ///   that name come before.
  public func callAsFunction(_ batch: ImageBatch, stage: AugmentationStage, key: Key) -> ImageBatch {
    if let diagnostic = batch.images.diagnostic { return batch.with(images: .failed(diagnostic)) }
    guard batch.images.rank != 3 else {
      let augmented = self(batch.with(images: batch.images.expand(at: -1)), stage: stage, key: key)
      return augmented.with(images: augmented.images.squeeze(-1))
    }
    var batch = batch
    var pending = AffineSequence()
    for (augmentation, name) in zip(augmentations, names) where augmentation.stage == stage {
      let own = key.derived(name)
      guard let affine = augmentation as? any AffineAugmentation else {
        batch = augmentation(pending.flush(batch), key: own)
        continue
      }
      if !pending.accepts(affine) { batch = pending.flush(batch) }
      pending.append(affine, batch, key: own)
    }
    return pending.flush(batch)
  }
}

/// A batch of images with their targets, on its way through augmentations.
public struct ImageBatch: Sendable {
  /// `[batch, height, width, channels]`
  public var images: Tensor
  /// Class indices `[batch]`, or values `[batch, …]`.
  public var targets: Tensor
  /// The value of white in the data set: 255 for bytes, 1 for fractions. Settings given for bytes are scaled by it.
  public let white: Double
  /// The number of classes, needed to mix targets that are class indices.
  public let classes: Int?
  /// The devices that have the other images of the batch, equally many each; nil if all are here.
  public let devices: DeviceAxis?

  /// - Parameter white: by default 255 for integers and 1 otherwise.
  public init(
    images: Tensor, targets: Tensor, white: Double? = nil, classes: Int? = nil, devices: DeviceAxis? = nil
  ) {
    self.images = images
    self.targets = targets
    self.white = white ?? (images.dtype.isInteger ? 255 : 1)
    self.classes = classes
    self.devices = devices
  }

  /// The number of images, of this device.
  public var count: Int { images.shape[0] }
  public var size: ImageShape {
    ImageShape(height: images.shape[1], width: images.shape[2], channels: images.shape[3])
  }

  /// The images as floating-point numbers: bytes become `float32`.
  public var values: Tensor { images.dtype.isFloatingPoint ? images : images.cast(to: .float32) }

  public func with(images: Tensor) -> ImageBatch {
    var batch = self
    batch.images = images
    return batch
  }

  /// Random numbers for these images: an image gets the same ones on however many ``devices`` the batch is.
  /// - Parameter numbers: draws `[count, …]` for a count of images.
  public func draw(_ numbers: (_ count: Int) -> Tensor) -> Tensor {
    devices.map { $0.rows(of: numbers(count * $0.count)) } ?? numbers(count)
  }

  /// ``draw(_:)``, or one number for all images.
  func draw(each scope: MaskScope, _ numbers: (_ count: Int) -> Tensor) -> Tensor {
    scope == .image ? draw(numbers) : numbers(1)
  }

  /// Of this device's rows those of all devices.
  func whole(_ rows: Tensor) -> Tensor { devices?.gather(rows) ?? rows }
}

extension Tensor {
  /// One number per image, `[batch]`, in a shape that broadcasts to images: `[batch, 1, 1, 1]`.
  var perImage: Tensor { reshape(to: [shape[0], 1, 1, 1]) }
}

/// The size of a data set's images.
public struct ImageShape: Sendable, Hashable {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// - Parameter dimensions: of an array of images, `[count, height, width]` or with channels at the end.
  /// - Throws: ``AugmentationError/notImages(shape:)``
  public init(of dimensions: [Int]) throws(AugmentationError) {
    guard (3...4).contains(dimensions.count), dimensions.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw .notImages(shape: dimensions)
    }
    self.init(
      height: dimensions[1], width: dimensions[2], channels: dimensions.count == 4 ? dimensions[3] : 1)
  }

  var pixels: Int { height * width }

  /// A share of the width and of the height.
  func shares(_ share: Double) -> (x: Double, y: Double) { (share * Double(width), share * Double(height)) }
}
