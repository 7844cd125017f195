import Arrays
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite(.tags(.unit)) struct TextTests {
  private let folder: TemporaryFolder
  private let folders = DataFolders(searched: [], cache: "", allowsDownload: false)

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ array: HostArray) -> [UInt8] { array.bytes.map(\.self) }

  @Test(arguments: TextWindows.Place.allCases) func hiddenCharactersAreTheLabels(_ place: TextWindows.Place) throws {
    // The text tells where a window is from: each character is followed by the next letter.
    let text = String(repeating: "abcdefgh", count: 100)
    var source = TextSource(path: try folder.write(text, to: "letters.txt"))
    source.windows.length = 5
    source.windows.hidden = place
    (source.windows.train, source.windows.test) = (300, 40)
    let pair = try source.load(from: folders, progress: nil)
    #expect(pair.classNames == ["a", "b", "c", "d", "e", "f", "g", "h", "others"])
    for (part, count) in [(pair.train, 300), (pair.test, 40)] {
      #expect(part.inputs.shape == [count, 5] && part.inputs.dtype == .uint8 && part.classCount == 9)
      let hidden = place == .middle ? 2 : 4
      for (index, label) in try part.labels().enumerated() {
        let window = bytes(part.inputs)[5 * index..<5 * index + 5].map(Int.init)
        #expect(window[hidden] == 0)
        #expect(Int(label) == window[hidden - 1] % 8, "\(window) hides \(label)")
      }
    }
    #expect(try source.load(from: folders, progress: nil) == pair)
    source.windows.seed = 1
    #expect(try source.load(from: folders, progress: nil).train != pair.train)
  }

  @Test func testWindowsAreFromTheEndOfTheText() throws {
    let text = String(repeating: "ab", count: 450) + String(repeating: "cd", count: 50)
    var source = TextSource(path: try folder.write(text, to: "parts.txt"))
    source.windows.length = 8
    (source.windows.train, source.windows.test) = (200, 200)
    let pair = try source.load(from: folders, progress: nil)
    // Only a and b have tokens; what the training part doesn't have is one of the others.
    #expect(pair.classNames == ["a", "b", "others"])
    #expect(Set(try pair.train.labels()) == [0, 1])
    #expect(Set(try pair.test.labels()) == [2])
    #expect(Set(bytes(pair.test.inputs)) == [0, 3])
  }

  @Test func rareCharactersShareAToken() throws {
    let rare = String(String.UnicodeScalarView((0..<400).compactMap { Unicode.Scalar(0x4e00 + $0) }))
    let text = String(repeating: "né ", count: 1000) + rare + String(repeating: "né ", count: 1000)
    var source = TextSource(path: try folder.write(text, to: "many.txt"))
    source.windows.train = 2000
    let pair = try source.load(from: folders, progress: nil)
    #expect(pair.train.classCount == 255 && pair.classNames.prefix(2) == ["space", "n"])
    #expect(bytes(pair.train.inputs).max() == 255)
    #expect(pair.classNames.contains("é") && pair.classNames.last == "others")
  }

  @Test func textsThatCannotBeUsed() throws {
    #expect(throws: DatasetError(.unreadable(reason: "there is no such file or folder"), path: "none.txt")) {
      try TextSource(path: "none.txt").load(from: folders, progress: nil)
    }
    let short = try folder.write("too short", to: "short.txt")
    let problem = DatasetProblem.invalidArgument(
      name: "the text's number of characters", value: "9", allowed: "640 or more for windows of 32")
    #expect(throws: DatasetError(problem, path: short)) {
      try TextSource(path: short).load(from: folders, progress: nil)
    }
    let binary = folder.path + "/binary.txt"
    try Data([0x66, 0xff, 0xfe]).write(to: URL(fileURLWithPath: binary))
    #expect(throws: DatasetError(.malformedHeader(format: "text", reason: "it isn't UTF-8"), path: binary)) {
      try TextSource(path: binary).load(from: folders, progress: nil)
    }
  }

  @Test func verbsAgreeWithTheirSubjects() throws {
    let sentences = (0..<3000).map { SyntheticTextSource.sentence($0) }
    #expect(Set(sentences).count > 2000)
    for sentence in sentences {
      #expect(
        sentence.hasSuffix(".")
          && sentence.unicodeScalars.allSatisfy { " .abcdefghijklmnopqrstuvwxyz".unicodeScalars.contains($0) })
      // Without a place between them, a singular subject's verb has an s, and a plural's has none.
      let words = sentence.dropLast().split(separator: " ")
      guard words.count == 3, let noun = words.dropFirst().first, let verb = words.last, noun != "children" else {
        continue
      }
      if ["sing", "sleep", "wait", "grow", "fall"].contains(where: { verb.hasPrefix($0) }) {
        #expect(noun.hasSuffix("s") != verb.hasSuffix("s"), "\(sentence)")
      }
    }
    let pair = try SyntheticTextSource().load(from: folders, progress: nil)
    #expect(pair.train.inputs.shape == [20_000, 32] && pair.classNames.count <= 29)
  }
}
