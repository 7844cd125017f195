import Foundation
import Tanren

/// Images of a data set side by side, with a line of pixels between.
struct ContactSheet {
  let image: HostArray
  let count: Int
  /// What each image shows, as far as it is known; empty where nothing is written.
  private let captions: [String]
  private let columns: Int
  /// Pixels from one image to the next.
  private let pitch: (x: Int, y: Int)

  /// - Parameters:
  ///   - classNames: the classes' numbers are written where they have no names.
  ///   - areRowsAlike: whether the images of a row are of one class, which then is written once.
  /// - Throws: `UsageError` if the inputs aren't images.
  init(_ data: LabeledArrays, classNames: [String] = [], count: Int, columns: Int, areRowsAlike: Bool = false) throws {
    let shape = data.inputs.shape
    let channels = shape.count == 4 ? shape[3] : 1
    guard (3...4).contains(shape.count), channels == 1 || channels == 3, data.inputs.dtype == .uint8,
      shape[1...2].allSatisfy({ (1...1024).contains($0) }), data.count > 0
    else {
      throw UsageError(
        "the inputs are \(data.inputs.dtype) \(shape): images are uint8 [N, height, width], or with 1 or 3 channels at the end"
      )
    }
    let shown = min(count, data.count)
    let (height, width) = (shape[1], shape[2])
    let across = min(columns, shown)
    let pitch = (x: width + 1, y: height + 1)
    let rows = (shown + across - 1) / across
    let size = (width: across * pitch.x - 1, height: rows * pitch.y - 1)
    var pixels = [UInt8](repeating: 128, count: size.width * size.height * channels)
    let line = width * channels
    for index in 0..<shown {
      let (left, top) = (index % across * pitch.x, index / across * pitch.y)
      for y in 0..<height {
        let source = (index * height + y) * line
        let target = ((top + y) * size.width + left) * channels
        pixels.replaceSubrange(target..<target + line, with: data.inputs.bytes[source..<source + line])
      }
    }
    image = try HostArray(dtype: .uint8, shape: [size.height, size.width, channels], bytes: pixels)
    captions = ((try? data.labels()) ?? []).prefix(shown).enumerated().map { index, label in
      if areRowsAlike, index % across > 0 { return "" }
      return classNames.indices.contains(Int(label)) ? classNames[Int(label)] : "\(label)"
    }
    (self.count, self.columns, self.pitch) = (shown, across, pitch)
  }

  /// The sheet twice its size, each image's class in its corner.
  func svg(title: String) throws -> String {
    let scale = 2
    let size = (width: image.shape[1] * scale, height: image.shape[0] * scale)
    let data = Data(try PNG.encode(image)).base64EncodedString()
    let texts = captions.enumerated().filter { !$0.element.isEmpty }.map { index, caption in
      let (x, y) = (index % columns * pitch.x * scale + 3, (index / columns + 1) * pitch.y * scale - 5)
      return "<text x=\"\(x)\" y=\"\(y)\">\(Self.escaped(caption))</text>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size.width)" height="\(size.height)" viewBox="0 0 \(size.width) \
      \(size.height)" role="img">
      <title>\(Self.escaped(title))</title>
      <image width="\(size.width)" height="\(size.height)" style="image-rendering: pixelated" \
      href="data:image/png;base64,\(data)"/>
      <g font-family="system-ui, sans-serif" font-size="11" paint-order="stroke" stroke="#000" stroke-opacity="0.6" stroke-width="2" fill="#ff9d3c">
      \(texts.joined(separator: "\n"))
      </g>
      </svg>

      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
  }
}
