//! The page fits its window and holds still while it trains. The pictures it takes lie in
//! `target/screenshots`, for people to look at.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use std::path::Path;

#[test]
fn the_page_fits_every_width_in_dark_and_light() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    let page = Browser::start(PAGE, Graphics::None);
    for (name, link) in [("spiral", ""), ("digits", "#v=2&dataset=digits&model=cnn&level=all")] {
        for (width, height, is_dark) in [(1440, 900, false), (1440, 900, true), (768, 1024, false), (390, 844, true)] {
            page.show_as(width, height, is_dark, None);
            page.open_ready(link);
            page.click("play");
            page.wait_for_step(30.0, 60);
            page.screenshot(&folder.join(format!("{name}-{width}-{}.png", if is_dark { "dark" } else { "light" })));
            let seen = page.evaluate("return document.documentElement.scrollWidth").as_u64().expect("a width");
            assert!(seen <= u64::from(width), "{name} is {seen} px wide in a window of {width}");
        }
    }
    page.assert_no_errors();
}

#[test]
fn nothing_moves_but_the_data() {
    // Not the widths: a growing number is wider than before, and may be, as long as nothing gives
    // way to it.
    let places = "return JSON.stringify([...document.querySelectorAll('[data-testid]')].map(e => { const r = e.getBoundingClientRect(); \
                  return [e.dataset.testid, r.left, r.top, r.height].join(' ') }))";
    let page = Browser::start(PAGE, Graphics::None);
    for link in ["", "#v=2&dataset=digits&model=mlp&level=all"] {
        page.open_ready(link);
        page.click("play");
        page.wait_for_step(20.0, 60);
        page.wait("an accuracy", 30, |page| page.number("accuracy-test").or(page.number("loss-test")));
        let before = page.evaluate(places);
        page.pause(2.0);
        assert_eq!(page.evaluate(places), before, "{link}: something moved");
    }
}
