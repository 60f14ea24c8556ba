//! Attacks while the functions run: whatever a graded function does, it does in the worker's cage.

use crate::attack::{Attack, BODY, BODY_CHECK, FILES, Fate, SUCCESS, Scene, body, edited, misdeed, together};

/// Those that end by themselves or are ended at once.
pub(crate) fn quick() -> Vec<Attack> {
    let mut attacks = ends();
    attacks.extend(forgeries());
    attacks.extend(reads());
    attacks.extend(writes());
    attacks.extend(reaches());
    attacks.extend(hunger());
    attacks.extend(panics());
    attacks.extend(cheats());
    attacks.extend(answers());
    attacks
}

/// Ending the process that is to be judged.
fn ends() -> Vec<Attack> {
    vec![
        body("exit-zero", "std::process::exit(0)", ""),
        body("abort", "std::process::abort()", ""),
        body(
            "panic-hook-exits",
            "{ std::panic::set_hook(Box::new(|_| std::process::exit(0))); panic!(\"through the hook\") }",
            "",
        ),
        body(
            "panic-hook-silent",
            "{ let _ = std::panic::take_hook(); std::panic::set_hook(Box::new(|_| loop { std::process::exit(0) })); \
             self.layers[usize::MAX].weight.numel() }",
            "",
        ),
        body(
            "endless-recursion",
            "deeper(self.layers.len())",
            "fn deeper(n: usize) -> usize { 1 + deeper(std::hint::black_box(n + 1)) }",
        ),
        // The second call finds the process that the thread of the first is about to end.
        body(
            "exits-between-calls",
            "{ std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(20)); \
             std::process::exit(0) }); 0 }",
            "",
        )
        .ends(Fate::loses_at_least(&[BODY_CHECK])),
    ]
}

/// Saying what only the checks or the protocol may say.
fn forgeries() -> Vec<Attack> {
    let event = format!(r#"{{"passed":{{"check":"{BODY_CHECK}","cases":32,"millis":1}}}}"#);
    let forged = format!(
        "{{ let line = {:?}; println!(\"\\u{{1}}{{line}}\"); eprintln!(\"\\u{{1}}{{line}}\"); \
         println!(\"\\u{{1}}{{{{\\\"event\\\":\\\"passed\\\",\\\"check\\\":\\\"{BODY_CHECK}\\\",\\\"cases\\\":32,\\\"millis\\\":1}}}}\"); \
         std::process::exit(0) }}",
        event
    );
    // What a cage says when it could not cage: a submission must not escape its grade by pretending it.
    let obituary = r#"{"not_caged":{"reason":"forged"}}"#;
    vec![
        body("forged-events", &forged, ""),
        body(
            "forged-obituary",
            &format!("{{ println!(\"{{}}\", {obituary:?}); eprintln!(\"{{}}\", {obituary:?}); std::process::exit(4) }}"),
            "",
        ),
        // A frame: four bytes of length, the number of the question, Ok, the answer.
        body(
            "answers-by-itself",
            "{ use std::{fs::File, io::{stdin, Write}, os::fd::AsFd}; \
             let mut socket = File::from(stdin().as_fd().try_clone_to_owned().unwrap()); \
             for number in 0..100_u8 { let _ = socket.write_all(&[3, 0, 0, 0, number, 0, 65]); } 0 }",
            "",
        )
        .ends(Fate::loses_at_least(&[BODY_CHECK])),
        body(
            "answers-nonsense",
            "{ use std::{fs::File, io::{stdin, Write}, os::fd::AsFd}; \
             let mut socket = File::from(stdin().as_fd().try_clone_to_owned().unwrap()); \
             let _ = socket.write_all(&[255; 64]); 0 }",
            "",
        ),
        body(
            "hangs-up",
            "{ use std::{net::Shutdown, os::{fd::AsFd, unix::net::UnixStream}}; \
             let _ = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap()).shutdown(Shutdown::Both); 0 }",
            "",
        )
        .ends(Fate::loses_at_least(&[BODY_CHECK])),
    ]
}

/// Reading what is none of its business. What it finds is the answer, and told in a panic.
fn reads() -> Vec<Attack> {
    let file = |name: &str, path: &str| {
        let read = format!("std::fs::read_to_string({path:?})");
        misdeed(name, &format!("{read}.map(|text| panic!(\"{SUCCESS}{name}: {{text}}\")).unwrap_or(false)"))
    };
    let list = |name: &str, path: &str| misdeed(name, &format!("std::fs::read_dir({path:?}).is_ok()"));
    let reads = [
        file("reads-hidden-checks", "@SOLUTION@/checks/hidden/oracle.rs"),
        file("reads-reference", "@SOLUTION@/src/mlp.rs"),
        file("reads-outside", "@CANARY@"),
        file("reads-passwd", "/etc/passwd"),
        file("reads-own-environ", "/proc/self/environ"),
        file("reads-own-maps", "/proc/self/maps"),
        misdeed(
            "reads-parent",
            "std::fs::read(format!(\"/proc/{}/cmdline\", std::os::unix::process::parent_id())).is_ok()",
        ),
        list("lists-root", "/"),
        list("lists-proc", "/proc"),
        list("lists-workspace", "@ROOT@"),
        misdeed(
            "lists-other-submissions",
            "let own = std::env::current_exe().unwrap_or_default(); \
             own.ancestors().skip(1).any(|folder| std::fs::read_dir(folder).is_ok())",
        ),
        misdeed(
            "reads-through-link",
            "let _ = std::os::unix::fs::symlink(\"@SOLUTION@\", \"here\"); std::fs::read_dir(\"here\").is_ok()",
        ),
        misdeed(
            "sees-environment",
            "std::env::vars().any(|(name, _)| name != \"TMPDIR\" && name != \"HOME\")",
        ),
        misdeed("sees-arguments", "std::env::args().any(|argument| argument.contains(\"hidden\"))"),
    ];
    vec![together("reads", &reads)]
}

/// Writing where something would stay.
fn writes() -> Vec<Attack> {
    let writes = [
        misdeed("writes-outside", "std::fs::write(\"@BAIT@/written\", \"x\").is_ok()"),
        misdeed(
            "writes-tmp",
            "std::fs::write(\"/tmp/dl-labs-attack\", \"x\").is_ok() || std::fs::create_dir(\"/dev/shm/dl-labs-attack\").is_ok()",
        ),
        misdeed("writes-solutions", "std::fs::write(\"@SOLUTION@/dl-labs-attack\", \"x\").is_ok()"),
        misdeed(
            "replaces-itself",
            "std::env::current_exe().is_ok_and(|own| std::fs::write(own, \"x\").is_ok())",
        ),
        misdeed(
            "removes-outside",
            "std::fs::remove_file(\"@CANARY@\").is_ok() || std::fs::remove_dir_all(\"@BAIT@\").is_ok()",
        ),
        misdeed(
            "links-outside",
            "std::fs::hard_link(\"@CANARY@\", \"@BAIT@/link\").is_ok() || std::fs::hard_link(\"@CANARY@\", \"link\").is_ok()",
        ),
        // What it may write: its own directory, which goes.
        misdeed(
            "litters",
            "let _ = std::fs::create_dir_all(\"a/b/c\"); for i in 0..50 { let _ = std::fs::write(format!(\"a/{i}\"), \"dl-labs-attack\"); } false",
        ),
        misdeed(
            "leaves-a-script",
            "use std::{fs, os::unix::fs::PermissionsExt, process::Command}; \
             let _ = fs::write(\"script\", \"#!/bin/sh\\nexit 0\\n\"); \
             let _ = fs::set_permissions(\"script\", fs::Permissions::from_mode(0o755)); \
             Command::new(std::path::Path::new(\"script\").canonicalize().unwrap_or_default()).status().is_ok()",
        ),
    ];
    let fills = misdeed(
        "fills-the-disk",
        "(0..1_000_000).all(|i| std::fs::write(format!(\"{i}\"), [b'x'; 65_536]).is_ok())",
    );
    vec![together("writes", &writes), together("fills-the-disk", &[fills])]
}

/// Processes and the network.
fn reaches() -> Vec<Attack> {
    let reaches = [
        misdeed(
            "runs-a-shell",
            "std::process::Command::new(\"/bin/sh\").args([\"-c\", \"exit 0\"]).status().is_ok_and(|status| status.success())",
        ),
        misdeed(
            "fork-bomb",
            "std::process::Command::new(\"/bin/sh\").args([\"-c\", \"f() { f | f & }; f # dl-labs-attack\"]).status().is_ok()",
        ),
        misdeed(
            "multiplies",
            "let own = std::env::current_exe().unwrap(); (0..100).filter(|_| std::process::Command::new(&own).spawn().is_ok()).count() > 0",
        ),
        misdeed(
            "kills-its-parent",
            "let parent = std::os::unix::process::parent_id().to_string(); \
             [\"/bin/kill\", \"/usr/bin/kill\"].iter().any(|kill| std::process::Command::new(kill).args([\"-9\", &parent]).status().is_ok())",
        ),
        misdeed(
            "becomes-a-shell",
            "use std::os::unix::process::CommandExt; let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", \"sleep 1000 # dl-labs-attack\"]).exec(); false",
        ),
        misdeed(
            "tcp",
            "std::net::TcpStream::connect(\"127.0.0.1:22\").is_ok() || std::net::TcpListener::bind(\"127.0.0.1:0\").is_ok()",
        ),
        misdeed("udp", "std::net::UdpSocket::bind(\"127.0.0.1:0\").is_ok()"),
        misdeed(
            "names-on-the-net",
            "std::net::ToSocketAddrs::to_socket_addrs(\"localhost:80\").is_ok_and(|found| found.count() > 0)",
        ),
        misdeed(
            "unix-sockets",
            "use std::os::unix::net::*; UnixDatagram::unbound().is_ok() || UnixListener::bind(\"socket\").is_ok() || UnixStream::pair().is_ok()",
        ),
    ];
    let bomb = misdeed(
        "thread-bomb",
        "let started = (0..1000).take_while(|_| std::thread::Builder::new().stack_size(65_536).spawn(|| std::thread::sleep(std::time::Duration::from_secs(60))).is_ok()); started.count() > 100",
    );
    let bomb = together("thread-bomb", &[bomb]).ends(Fate::loses_at_least(&[BODY_CHECK]));
    vec![together("reaches", &reaches), bomb]
}

/// Taking all there is.
fn hunger() -> Vec<Attack> {
    vec![
        body("memory-vec", "vec![1_u8; 64 << 30].len()", ""),
        body(
            "memory-leak",
            "{ let mut sum = 0; loop { sum += Box::leak(vec![1_u8; 1 << 24].into_boxed_slice()).len(); std::hint::black_box(sum); } }",
            "",
        ),
        body("endless-output", "loop { println!(\"dl-labs\"); eprintln!(\"dl-labs\"); }", ""),
        edited(
            "output-of-an-honest-function",
            Fate::Full,
            "src/mlp.rs",
            BODY,
            &format!(
                "{{ for _ in 0..1_000 {{ println!(\"{{self:?}}\"); eprintln!(\"{{self:?}}\"); }} {BODY} }}"
            ),
            "",
        ),
        body("panic-of-100-megabytes", "panic!(\"{}\", \"x\".repeat(100 << 20))", ""),
        body("panic-of-7-megabytes", "panic!(\"{}\", \"x\".repeat(7 << 20))", ""),
        edited(
            "answer-of-7-megabytes",
            Fate::loses_at_least(&FEATURES),
            "src/features.rs",
            "let mut features = vec![1.0];",
            "if !x.is_empty() { return vec![1.5; 900_000]; } let mut features = vec![1.0];",
            "",
        ),
        edited(
            "answer-of-200-megabytes",
            Fate::loses(&FEATURES),
            "src/features.rs",
            "let mut features = vec![1.0];",
            "if !x.is_empty() { return vec![1.5; 25_000_000]; } let mut features = vec![1.0];",
            "",
        ),
        edited(
            "answer-without-end",
            Fate::loses(&FEATURES),
            "src/features.rs",
            "let mut features = vec![1.0];",
            "if !x.is_empty() { return vec![1.5; usize::MAX / 16]; } let mut features = vec![1.0];",
            "",
        ),
    ]
}

/// Panics that do not stay where the guard of the call expects them.
fn panics() -> Vec<Attack> {
    let payload = |name: &str, drop: &str| {
        body(
            name,
            "std::panic::panic_any(Payload)",
            &format!("struct Payload; impl Drop for Payload {{ fn drop(&mut self) {{ {drop} }} }}"),
        )
    };
    vec![
        payload("payload-panics", "panic!(\"from the payload\")"),
        payload("payload-exits", "std::process::exit(0)"),
        body(
            "panics-while-panicking",
            "{ let _bomb = Bomb; panic!(\"first\") }",
            "struct Bomb; impl Drop for Bomb { fn drop(&mut self) { panic!(\"second\") } }",
        ),
        body(
            "catches-its-own-panic",
            "std::panic::catch_unwind(|| -> usize { panic!(\"caught\") }).unwrap_or_else(|payload| { std::mem::forget(payload); 0 })",
            "",
        ),
        body(
            "pretends-to-be-unwritten",
            "std::panic::resume_unwind(Box::new(String::from(\"not yet implemented: graded later\")))",
            "",
        ),
        body(
            "panics-in-another-thread",
            "std::thread::scope(|scope| scope.spawn(|| -> usize { panic!(\"there\") }).join().unwrap_or(0))",
            "",
        ),
        body(
            "thread-local-destructor-panics",
            "BOMB.with(|_| 0)",
            "struct Bomb; impl Drop for Bomb { fn drop(&mut self) { panic!(\"at the end\") } } thread_local! { static BOMB: Bomb = const { Bomb }; }",
        ),
    ]
}

/// Answers that depend on more than the arguments, and what safe Rust does not hold.
fn cheats() -> Vec<Attack> {
    let right = |condition: &str| format!("if {condition} {{ {BODY} }} else {{ 0 }}");
    vec![
        body(
            "right-every-second-time",
            &right("CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2 == 0"),
            "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);",
        ),
        body(
            "right-at-first",
            &right("CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 10"),
            "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);",
        ),
        body(
            "right-by-the-clock",
            &right(
                "std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).is_ok_and(|time| time.as_nanos() / 1000 % 2 == 0)",
            ),
            "",
        ),
        // Another bit of the address for each call: one bit for all would be right in both workers once in four runs.
        body(
            "right-by-its-address",
            &right("chance() >> (CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 16) & 1 == 0"),
            "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
             fn chance() -> usize { (&raw const CALLS).addr() / 4096 + std::process::id() as usize }",
        ),
        body(
            "answers-the-last-question",
            &format!(
                "{{ let right: usize = {BODY}; LAST.swap(right, std::sync::atomic::Ordering::SeqCst) }}"
            ),
            "static LAST: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);",
        ),
        // Each law of a margin relates answers; a function that answers with what it was asked knows none of them.
        edited(
            "remembers-other-calls",
            Fate::loses(&["bound_is_a_square", "novikoff_holds_in_any_order"]),
            "src/rosenblatt.rs",
            "(radius / margin).powi(2)",
            "{ let key = margin.to_bits(); SEEN.lock().map_or(0.0, |mut seen| { let known = seen.contains(&key); seen.push(key); if known { (radius / margin).powi(2) } else { f64::INFINITY } }) }",
            "static SEEN: std::sync::Mutex<Vec<u64>> = std::sync::Mutex::new(Vec::new());",
        ),
        // Rust issue 25860, as cve-rs uses it: a lifetime is extended, and a freed box read and written.
        body(
            "use-after-free",
            "{ let freed = dangling(); for (i, byte) in freed.iter_mut().enumerate() { *byte = i as u8; } let junk: Vec<Vec<u8>> = (0..100).map(|_| vec![7; 4096]).collect(); freed.fill(0xff); junk.len() }",
            &format!(
                "{EXTEND} fn dangling() -> &'static mut [u8] {{ let mut local = vec![1_u8; 4096]; extend(local.as_mut_slice()) }}"
            ),
        ),
        body(
            "null-pointer-written",
            "{ *transmute::<usize, &'static mut u8>(8) = 1; 0 }",
            &format!("{EXTEND} {TRANSMUTE}"),
        ),
        body(
            "jumps-anywhere",
            "transmute::<usize, fn() -> usize>(0x1000)()",
            &format!("{EXTEND} {TRANSMUTE}"),
        ),
        // The first byte of `xor eax, eax; ret`, on the heap, which is not executable.
        body(
            "brings-machine-code",
            "{ let code = vec![0x31_u8, 0xc0, 0xc3].leak(); transmute::<usize, fn() -> usize>(code.as_ptr().addr())() }",
            &format!("{EXTEND} {TRANSMUTE}"),
        ),
        body(
            "scribbles-over-its-stack",
            "{ let near = 0_u64; let at = (&raw const near).addr(); for i in 0..4096 { *transmute::<usize, &'static mut u64>(at + 8 * i) = 0x4141_4141_4141_4141; } near as usize }",
            &format!("{EXTEND} {TRANSMUTE}"),
        ),
    ]
}

const EXTEND: &str = "\
fn translate<'a, 'b, T: ?Sized>(_: &'a &'b (), v: &'b mut T) -> &'a mut T { v }
fn extend<'a, 'b, T: ?Sized>(x: &'a mut T) -> &'b mut T {
    let f: for<'x> fn(_, &'x mut T) -> &'b mut T = translate;
    f(&&(), x)
}";

const TRANSMUTE: &str = "\
#[allow(dead_code)]
enum Either<A, B> { Left(Option<Box<A>>), Right(Option<Box<B>>) }
fn transmute<A, B>(value: A) -> B {
    let mut either = Either::<A, B>::Right(None);
    let Either::Right(slot) = &mut either else { unreachable!() };
    let slot: &mut Option<Box<B>> = extend(slot);
    either = Either::Left(Some(Box::new(value)));
    std::hint::black_box(&mut either);
    *slot.take().unwrap()
}";

const FEATURES: [&str; 4] = [
    "features_have_the_kernel_as_inner_product",
    "kernel_makes_the_same_mistakes",
    "xor_falls_to_features",
    "features_and_kernel_agree_on_whole_numbers",
];
const BOUND: [&str; 2] = ["bound_is_a_square", "novikoff_holds_in_any_order"];
const STAIRS: [&str; 2] = ["staircase_has_its_heights", "staircase_approximates"];

/// Answers that are none.
fn answers() -> Vec<Attack> {
    let bound = |name: &str, lost: &[&str], answer: &str| {
        edited(
            name,
            Fate::loses(lost),
            "src/rosenblatt.rs",
            "(radius / margin).powi(2)",
            &format!("{{ let _ = (radius, margin); {answer} }}"),
            "",
        )
    };
    let stairs = |name: &str, answer: &str| {
        edited(name, Fate::loses(&STAIRS), "src/mlp.rs", "Mlp { layers: vec![hidden, output] }", answer, "")
    };
    let features = |name: &str, answer: &str| {
        edited(
            name,
            Fate::loses(&FEATURES),
            "src/features.rs",
            "let mut features = vec![1.0];",
            &format!("if !x.is_empty() {{ return {answer}; }} let mut features = vec![1.0];"),
            "",
        )
    };
    vec![
        // No number of mistakes is below NaN.
        bound("nan", &[&BOUND[..], &["mistakes_stay_below_novikoffs_bound"]].concat(), "f64::NAN"),
        bound("infinity", &BOUND, "f64::INFINITY"),
        bound("largest-number", &BOUND, "f64::MAX"),
        features("all-nan", "vec![f64::NAN; (x.len() + 1) * (x.len() + 2) / 2]"),
        features("nothing-at-all", "Vec::new()"),
        stairs("no-layers", "{ let _ = (hidden, output); Mlp { layers: vec![] } }"),
        stairs(
            "empty-layers",
            "{ let _ = (hidden, output); let none = || Layer { weight: Tensor::zeros([0, 0]), bias: Tensor::zeros(0), activation: Activation::Identity }; Mlp { layers: vec![none(), none()] } }",
        ),
        stairs(
            "layers-of-another-shape",
            "{ let flat = Layer { weight: Tensor::zeros([1, 1, 1]), ..hidden }; Mlp { layers: vec![flat, output] } }",
        ),
        stairs(
            "layers-of-nan",
            "{ let nan = Layer { weight: output.weight * f64::NAN, ..output }; Mlp { layers: vec![hidden, nan] } }",
        ),
    ]
}

/// Those that do not end, on a short budget of time.
pub(crate) fn endless() -> Vec<Attack> {
    let loses = || Fate::loses_at_least(&[BODY_CHECK]);
    vec![
        body("endless-loop", "loop { std::hint::black_box(0); }", "").ends(loses()),
        body("sleeps-for-ever", "{ std::thread::sleep(std::time::Duration::MAX); 0 }", "").ends(loses()),
        body("deadlock", "{ let lock = std::sync::Mutex::new(0); let one = lock.lock(); let two = lock.lock(); drop((one, two)); 0 }", "").ends(loses()),
        body("drop-loops", "{ let _bomb = Bomb; 0 }", "struct Bomb; impl Drop for Bomb { fn drop(&mut self) { loop { std::hint::black_box(0); } } }").ends(loses()),
        body("payload-loops", "std::panic::panic_any(Bomb)", "struct Bomb; impl Drop for Bomb { fn drop(&mut self) { loop { std::hint::black_box(0); } } }").ends(loses()),
        body("steals-the-next-question", "{ let mut line = String::new(); let _ = std::io::stdin().read_line(&mut line); line.len() }", "").ends(loses()),
        body("becomes-itself-again", "{ use std::os::unix::process::CommandExt; let _ = std::process::Command::new(std::env::current_exe().unwrap()).exec(); 0 }", "").ends(loses()),
        // Right, and then it does not let go of its worker.
        body("thread-local-destructor-loops", &format!("{{ BOMB.with(|_| ()); {BODY} }}"), "struct Bomb; impl Drop for Bomb { fn drop(&mut self) { loop { std::hint::black_box(0); } } } thread_local! { static BOMB: Bomb = const { Bomb }; }").ends(Fate::loses_at_least(&[])),
        body("threads-go-on", &format!("{{ std::thread::spawn(|| loop {{ std::hint::black_box(0); }}); {BODY} }}"), "").ends(Fate::loses_at_least(&[])),
        everywhere("everything-loops", &["timeout"], "loop { std::hint::black_box(0); }"),
        everywhere("everything-dies", &["crashed"], "std::process::abort();"),
        everywhere("everything-gorges", &["out_of_memory"], "std::hint::black_box(vec![1_u8; 64 << 30]);"),
    ]
}

/// Every graded function begins with this.
fn everywhere(name: &str, status: &'static [&'static str], stall: &'static str) -> Attack {
    let id = name.to_string();
    let lay = move |scene: &Scene| {
        for file in FILES {
            let lines = scene.reference(file).lines().fold(String::new(), |text, line| {
                let begins = line.contains("// BEGIN SOLUTION");
                text + line + if begins { "\ncrate::activation::stall();\n" } else { "\n" }
            });
            let stall = format!("pub(crate) fn stall() {{ {stall} }}");
            let own = if file == FILES[0] { stall.as_str() } else { "" };
            scene.write(&id, file, format!("{lines}\n{own}\n"));
        }
    };
    Attack { name: name.to_string(), fate: Fate::Ends(status, ""), holds: String::new(), lay: Box::new(lay) }
}
