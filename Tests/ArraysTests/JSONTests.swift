import TestSupport
import Testing

@testable import Arrays

@Suite(.tags(.unit)) struct JSONTests {
  @Test(arguments: [
    "{\"a\":\"\\u0041\\n\\/\\ud83d\\ude00\"}", " {\n\"a\" : [ 1 , -0.5e+3, true,false , null , {} , [] ] } ",
  ])
  func documentsAreRead(_ text: String) throws {
    let value = try JSONReader.value(of: Array(text.utf8))
    #expect(try JSONReader.value(of: Array(value.text().utf8)) == value)
    #expect(try JSONReader.value(of: Array(value.text(expanding: 3).utf8)) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":}", "{,}", "[01]", "[1.]", "[.5]", "[1e]", "[+1]", "[-]", "[nul]",
    "[\"\u{1}\"]",
    "[\"\\x\"]", "[\"\\u12\"]", "[\"\\ud800\"]", "[\"\\udc00\"]", "[\"\\ud800\\u0041\"]", "[\"", "[1] 2", "'a'", "NaN",
  ])
  func whatIsNotJSONIsAnError(_ text: String) {
    #expect(throws: JSONProblem.self) { try JSONReader.value(of: Array(text.utf8)) }
  }
}
