import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite(.tags(.unit)) struct ImagesSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a picture of one colour, or of one grey.
  private func draw(_ name: String, _ level: UInt8, width: Int = 6, height: Int = 4, isGrey: Bool = false) throws {
    let channels = isGrey ? 1 : 3
    let image = try HostArray(
      dtype: .uint8, shape: [height, width, channels],
      bytes: [UInt8](repeating: level, count: width * height * channels))
    try folder.write(PNG.encode(image), to: name)
  }

  private func load(_ change: (inout ImagesSource) -> Void = { _ in }, path: String = "") throws -> DatasetPair {
    var source = ImagesSource(path: folder(path), size: 3)
    change(&source)
    return try source.load(from: DataFolders(), progress: nil)
  }

  private func message(_ change: (inout ImagesSource) -> Void = { _ in }, path: String = "") -> String {
    do {
      return "loaded: \(try load(change, path: path).origin)"
    } catch {
      return "\(error)"
    }
  }

  /// The first byte of each record, which tells the picture.
  private func levels(_ data: LabeledArrays) -> [UInt8] {
    let size = data.inputs.shape.dropFirst().reduce(1, *)
    return (0..<data.count).map { data.inputs.bytes[$0 * size] }
  }

  @Test func partsAndClassesAreFolders() throws {
    // In the order of the files' names, not class by class; names by their bytes.
    let levels: KeyValuePairs<String, UInt8> = [
      "b/2.png": 2, "a/1.PNG": 1, "a/10.png": 10, "b/Z.png": 90, "a/a.png": 97,
    ]
    for (name, level) in levels { try draw("train/" + name, level) }
    try draw("val/b/x.png", 50)
    try folder.write("notes", to: "train/a/notes.txt")
    try folder.write("hidden", to: "train/a/.DS_Store")
    let pair = try load()
    #expect(pair.classNames == ["a", "b"] && pair.train.classCount == 2)
    #expect(self.levels(pair.train) == [1, 10, 2, 90, 97])
    #expect(try pair.train.labels() == [0, 0, 1, 1, 0])
    #expect(try pair.test.labels() == [1] && self.levels(pair.test) == [50])
    #expect(pair.train.inputs.shape == [5, 3, 3, 3] && pair.train.inputs.dtype == .uint8)
    #expect(pair.origin.contains("6 pictures of 2 classes") && pair.origin.contains("6x4, to 3x3 by squash"))
    #expect(pair.origin.contains("left out: 1 .txt"))
    // Where there are a test part and a validation part, the test part is used.
    try draw("test/a/y.png", 60)
    #expect(try self.levels(load().test) == [60] && load().origin.contains("val unused"))
  }

  @Test func classesAreSplitAlike() throws {
    for index in 0..<20 { try draw("p/cat/\(index).png", UInt8(index)) }
    for index in 0..<10 { try draw("p/dog/\(index).png", UInt8(100 + index)) }
    try draw("p/owl/1.png", 200)
    let pair = try load(path: "p")
    let (train, test) = (try pair.train.labels(), try pair.test.labels())
    #expect(train.filter { $0 == 0 }.count == 16 && train.filter { $0 == 1 }.count == 8)
    // The only one of its class is for training.
    #expect(train.filter { $0 == 2 }.count == 1)
    #expect(test.filter { $0 == 0 }.count == 4 && test.filter { $0 == 1 }.count == 2 && test.count == 6)
    #expect(Set(levels(pair.train) + levels(pair.test)).count == 31)
    #expect(try load(path: "p") == pair)
    #expect(try levels(load({ $0.seed = 1 }, path: "p").test) != levels(pair.test))
    #expect(try load({ $0.fraction = 0.5 }, path: "p").test.count == 15)
  }

  @Test func tablesNameFilesAndLabels() throws {
    for index in 0..<6 { try draw("t/in/\(index), a.png", UInt8(index)) }
    let header = "\u{feff}label,File,split\r\n"
    let rows = (0..<6).map { "\($0 % 2 == 0 ? "even" : "odd"),\"in/\($0), a.png\",\($0 < 4 ? "train" : "test")\r\n" }
    try folder.write(header + rows.joined() + "\r\n", to: "t/photos.csv")
    let pair = try load(path: "t/photos.csv")
    #expect(pair.classNames == ["even", "odd"] && pair.name == "photos")
    #expect(try pair.train.labels() == [0, 1, 0, 1] && levels(pair.train) == [0, 1, 2, 3])
    #expect(try pair.test.labels() == [0, 1] && levels(pair.test) == [4, 5])
    // Without a header, and without a column for the parts.
    try folder.write((0..<6).map { "\"in/\($0), a.png\",\($0 % 2)\n" }.joined(), to: "t/plain.csv")
    #expect(try load(path: "t/plain.csv").train.count == 4)
    try folder.write("file,label\n\n\"in/0, a.png\",x\nin/9.png,y\n", to: "t/missing.csv")
    let missing = message(path: "t/missing.csv")
    #expect(missing.contains("missing.csv: line 4 names 'in/9.png'"), "\(missing)")
    try folder.write("file,label\n\"in/0, a.png\",x,y\n", to: "t/long.csv")
    #expect(message(path: "t/long.csv").contains("line 2 has 3 columns, but 2 are expected"))
  }

  @Test func channelsFollowThePictures() throws {
    for name in ["a/1", "a/2", "b/1", "b/2"] { try draw("g/\(name).png", 9, isGrey: true) }
    #expect(try load(path: "g").train.inputs.shape == [2, 3, 3, 1])
    #expect(try load({ $0.channels = .rgb }, path: "g").train.inputs.shape == [2, 3, 3, 3])
    // One picture with colours is enough; it is in either part.
    try draw("g/b/3.png", 9)
    try draw("g/b/4.png", 9)
    #expect(try load(path: "g").train.inputs.shape == [4, 3, 3, 3])
    #expect(try load({ $0.channels = .grey }, path: "g").train.inputs.shape == [4, 3, 3, 1])
  }

  @Test func unreadablePicturesAreErrorsOrCounted() throws {
    for index in 0..<10 { try draw("u/\(index % 2)/\(index).png", UInt8(index)) }
    let whole = try folder.bytes("u/0/4.png")
    try folder.write(Array(whole.dropLast(30)), to: "u/0/4.png")
    try folder.write("I am text", to: "u/1/7.png")
    // The split decides which of the two is met first.
    let error = message(path: "u")
    #expect(error.contains("u/0/4.png: this PNG picture can't") || error.contains("u/1/7.png: this isn't a PNG"))
    let pair = try load({ $0.unreadable = .skip }, path: "u")
    #expect(pair.train.count + pair.test.count == 8)
    #expect(Set(levels(pair.train) + levels(pair.test)) == [0, 1, 2, 3, 5, 6, 8, 9])
    #expect(pair.origin.contains("2 unreadable and skipped, the first: \(folder("u"))"))
    for (level, label) in zip(levels(pair.train), try pair.train.labels()) { #expect(Int32(level % 2) == label) }
  }

  @Test func otherLayoutsAreErrors() throws {
    #expect(message(path: "nowhere").contains("there is no such file or folder"))
    try folder.write("x", to: "empty/cat/a.txt")
    try draw("empty/dog/1.png", 1)
    #expect(message(path: "empty").contains("empty/cat: there are no PNG or JPEG pictures"))
    try draw("flat/1.png", 1)
    #expect(
      message(path: "flat").contains("flat: there are no PNG or JPEG pictures in it. Put the pictures of each class"))
    for name in ["one/cat/1", "one/cat/2"] { try draw(name + ".png", 1) }
    #expect(message(path: "one").contains("one: all pictures are of one class, 'cat'"))
    for name in ["mixed/cat/1", "mixed/dog/1", "mixed/2"] { try draw(name + ".png", 1) }
    #expect(message(path: "mixed").contains("the picture '2.png' lies beside folders of pictures"))
    for name in ["both/train/cat/1", "both/train/dog/1", "both/cat/1"] { try draw(name + ".png", 1) }
    #expect(message(path: "both").contains("the folder 'cat' lies beside 'train'"))
    for name in ["no/test/cat/1", "no/cat/1"] { try draw(name + ".png", 1) }
    #expect(message(path: "no").contains("there is a folder 'test' but no 'train'"))
    for name in ["new/train/cat/1", "new/train/dog/1", "new/test/cow/1"] { try draw(name + ".png", 1) }
    #expect(
      message(path: "new").contains("new/test: there is no class 'cow' in the training data, which have 'cat', 'dog'"))
    for name in ["few/cat/1", "few/dog/1"] { try draw(name + ".png", 1) }
    #expect(message(path: "few").contains("2 or more, to hold one out"))
  }

  @Test func newPicturesAreReadAsTheOldOnesWere() throws {
    for index in 0..<4 { try draw("n/\(index % 2)/\(index).png", UInt8(index), width: 3, height: 3) }
    let encoding = try #require(try load({ $0.resize = .centerCrop }, path: "n").encoding)
    #expect(encoding == .images(ImageEncoding(size: 3, resize: .centerCrop)))
    let kept = try JSONDecoder().decode(InputEncoding.self, from: JSONEncoder().encode(encoding))
    #expect(kept == encoding)
    try draw("new/kitten.png", 30, width: 50, height: 37)
    try draw("new/more/same.png", 40, width: 3, height: 3)
    let found = try kept.inputs(from: [folder("new"), folder("n/0/2.png")])
    #expect(found.inputs.shape == [3, 3, 3, 3])
    #expect(found.names == [folder("new/kitten.png"), folder("new/more/same.png"), folder("n/0/2.png")])
    #expect(found.notes == ["kitten.png: resized from 50x37"])
    #expect([0, 27, 54].map { found.inputs.bytes[$0] } == [30, 40, 2])
    try folder.write("text", to: "new/text.jpg")
    #expect { try kept.inputs(from: [folder("new")]) } throws: { "\($0)".contains("new/text.jpg: this isn't a PNG") }
  }
}
