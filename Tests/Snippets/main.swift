import Foundation

// Runs every example of the guides and documentation comments, in the current folder; ends with the number of those that
// failed. With arguments, runs those whose places contain one of them: `Snippets docs/tensors.md`.
let words = CommandLine.arguments.dropFirst()
let chosen = snippets.filter { snippet in words.isEmpty || words.contains { snippet.place.contains($0) } }
var failures: Int32 = 0
for snippet in chosen {
  let started = Date()
  do {
    try await snippet.run()
  } catch {
    failures += 1
    FileHandle.standardError.write(Data("\(snippet.place): \(error)\n".utf8))
  }
  print("\(snippet.place) took \(String(format: "%.1f", -started.timeIntervalSinceNow)) s")
}
print("\(chosen.count) examples run")
exit(failures)
