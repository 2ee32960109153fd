//! Capture files that were cut or changed: nothing of a file, and of a stream what is sound.

use super::*;

#[test]
fn a_damaged_capture_is_refused_as_a_file_and_told_at_the_end_of_a_stream() {
    let source = Topic::new("damaged-source");
    source.produce(0, &["a", "b", "c"]);
    let home = Home::new();
    let capture = [
        "capture",
        "-b",
        broker().address(),
        &source.name,
        "-O",
        "x.ndjson",
    ];
    let _ = home.evctl(&capture).run().exits(0);
    let whole = home.read("x.ndjson");
    let lines: Vec<&str> = whole.lines().collect();
    let of = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let cases = [
        (of(&lines[..4]), "without a last line"),
        (
            of(&[lines[0], lines[1], lines[3], lines[4]]),
            "counts 3 records, and there are 2",
        ),
        (
            of(&[lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]]),
            "there are 4",
        ),
        (
            format!("{whole}{}\n", lines[1]),
            "something follows the last line",
        ),
        (format!("{whole}{whole}"), "something follows the last line"),
        (
            whole.replace("\"value\":\"b\"", "\"value\":\"B\""),
            "the checksum is wrong",
        ),
    ];
    let target = Topic::new("damaged-file");
    home.write("sound.ndjson", &whole);
    for (damaged, said) in &cases {
        home.write("damaged.ndjson", damaged);
        // Another one before it is not sent either.
        let files = ["-i", "json", "sound.ndjson", "damaged.ndjson"];
        let output = produce(&home, &target.name, &files).run().exits(5);
        says(&output, said);
        says(
            &home.evctl(&["consume", "damaged.ndjson"]).run().exits(5),
            said,
        );
    }
    assert_eq!(target.seen(0).len(), 0);
    for (damaged, said) in &cases[..2] {
        let target = Topic::new(&format!("damaged-stream-{}", said.len()));
        let output = produce(&home, &target.name, &["-i", "json"])
            .stdin(damaged.as_str())
            .run()
            .exits(5);
        says(&output, said);
        assert_eq!(target.seen(0).len(), damaged.matches("\"value\"").count());
    }
    let output = produce(&home, &target.name, &["-i", "json"])
        .stdin(format!("{}\n", lines[4]))
        .run()
        .exits(2);
    says(&output, "stdin:1:");
    let target = Topic::new("damaged-sound");
    let output = produce(&home, &target.name, &["-i", "json", "sound.ndjson"]).run();
    says(&output.exits(0), "3 records acknowledged");
}
