//! What Maven fetches, kept in the cache.
//!
//! A copy is made beside its place and renamed when it is whole, under a lock: a half-finished one
//! is never used, and two runs at once do not fight.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::SandboxError;

/// A server that Maven can fetch.
pub(super) struct Recipe<'r> {
    /// For messages: `Apache Kafka`.
    pub(super) what: &'static str,
    /// For paths: `kafka`.
    pub(super) name: &'static str,
    /// Its version, which the pom reads as `server.version`.
    pub(super) version: &'r str,
    /// What Maven is handed.
    pub(super) pom: &'static str,
    /// What it is to do; it does it into `outputDirectory`.
    pub(super) goal: &'static str,
    /// The folder of the copy that it fills.
    pub(super) folder: &'static str,
}

impl Recipe<'_> {
    /// The copy in `cache`, which is made the first time.
    pub(super) fn kept_in(&self, cache: &Path) -> Result<PathBuf, SandboxError> {
        let directory = cache.join(format!("{}-{}", self.name, self.version));
        if !self.is_whole(&directory) {
            self.copy_once(cache, &directory)?;
        }
        Ok(directory)
    }

    /// A copy carries the pom it was made from, so that a later evctl that needs other jars sees it.
    fn is_whole(&self, directory: &Path) -> bool {
        fs::read_to_string(directory.join("pom.xml")).is_ok_and(|pom| pom == self.pom)
    }

    fn copy_once(&self, cache: &Path, directory: &Path) -> Result<(), SandboxError> {
        fs::create_dir_all(cache).map_err(SandboxError::io("cannot make", cache))?;
        let name = format!("{}-{}", self.name, self.version);
        let lock_path = cache.join(format!("{name}.lock"));
        let lock =
            File::create(&lock_path).map_err(SandboxError::io("cannot write", &lock_path))?;
        lock.lock()
            .map_err(SandboxError::io("cannot lock", &lock_path))?;
        // Whoever held the lock before us may have done the work.
        if self.is_whole(directory) {
            return Ok(());
        }
        let copy = tempfile::Builder::new()
            .prefix(&format!("{name}-"))
            .tempdir_in(cache)
            .map_err(SandboxError::io("cannot write into", cache))?;
        let pom = copy.path().join("pom.xml");
        fs::write(&pom, self.pom).map_err(SandboxError::io("cannot write", &pom))?;
        self.fetch(&pom, &copy.path().join(self.folder))?;
        match fs::remove_dir_all(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(SandboxError::io("cannot remove", directory)(error));
            }
            _ => {}
        }
        fs::rename(copy.keep(), directory)
            .map_err(SandboxError::io("cannot move jars to", directory))
    }

    fn fetch(&self, pom: &Path, folder: &Path) -> Result<(), SandboxError> {
        let output = Command::new("mvn")
            .args(["--batch-mode", "--quiet", "--no-transfer-progress"])
            .arg("--file")
            .arg(pom)
            .arg(self.goal)
            .args([
                "-DincludeScope=runtime",
                &format!("-Dserver.version={}", self.version),
            ])
            .arg(property("outputDirectory", folder))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => SandboxError::NoMaven,
                _ => SandboxError::io("cannot run", "mvn")(error),
            })?;
        if output.status.success() && folder.is_dir() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(SandboxError::Maven {
            what: format!("{} {}", self.what, self.version),
            output: console::strip_ansi_codes(&String::from_utf8_lossy(&said))
                .trim()
                .to_owned(),
        })
    }
}

fn property(name: &str, value: &Path) -> OsString {
    let mut argument = OsString::from(format!("-D{name}="));
    argument.push(value);
    argument
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_made_from_another_pom_is_not_used() {
        let recipe = Recipe {
            what: "A server",
            name: "server",
            version: "1",
            pom: "<project>1</project>",
            goal: "",
            folder: "libs",
        };
        let copy = tempfile::tempdir().unwrap();
        assert!(!recipe.is_whole(copy.path()));
        fs::write(copy.path().join("pom.xml"), "<project/>").unwrap();
        assert!(!recipe.is_whole(copy.path()));
        fs::write(copy.path().join("pom.xml"), recipe.pom).unwrap();
        assert!(recipe.is_whole(copy.path()));
    }
}
