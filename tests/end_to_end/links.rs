//! What a link says is done, and what it gets wrong is said.

use crate::PAGE;
use crate::browser::{Browser, Graphics};

#[test]
fn a_bad_link_gives_a_notice_and_defaults_and_starts_nothing() {
    let page = Browser::start(PAGE, Graphics::None);
    for link in ["#v=2&dataset=nonsense&model=cnn&device=abacus", "#v=2&batch=-7&seed=%FF%FE&&&=&level", "#v=999999999999&dataset=digits"] {
        page.open(link);
        page.wait_for_notice("link", 60);
        page.wait_for_state("ready", 30);
        page.pause(0.5);
        assert_eq!(page.number("step-count"), Some(0.0), "{link} started a run");
        page.assert_no_errors();
    }
}

#[test]
fn a_link_restores_what_was_chosen() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=xor&device=cpu&level=all");
    page.choose("dataset", "circle");
    let chosen = page.wait("the link of the choice", 20, |page| {
        let hash = page.evaluate("return location.hash");
        hash.as_str().filter(|hash| hash.contains("dataset=circle")).map(String::from)
    });
    page.open_ready(&chosen);
    assert_eq!(page.evaluate("return location.hash").as_str(), Some(chosen.as_str()));
    page.assert_no_errors();
}

#[test]
fn a_link_of_tensorflow_playground_opens_and_trains() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready(
        "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0&\
         networkShape=4,2&seed=0.83411&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=false&\
         ySquared=false&sinX=false&sinY=false&problem=classification&initZero=false&collectStats=false",
    );
    page.click("play");
    page.wait("a test loss under 0.05", 60, |page| page.number("loss-test").filter(|loss| *loss < 0.05));
    page.assert_no_errors();
}

#[test]
fn a_goal_of_a_link_is_reached_at_a_step_of_its_own_and_holds_the_run() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&goal=testLoss<0.1;accuracy>0.5&evaluate-every=70");
    assert_eq!(page.attribute("goal", "data-reached").as_deref(), Some("false"));
    page.click("play");
    page.wait_for_state("paused", 60);
    assert_eq!(page.attribute("goal", "data-reached").as_deref(), Some("true"));
    let step = page.number("step-count").expect("a step");
    assert!(step > 0.0 && step % 70.0 == 0.0, "step {step}");
    assert!(page.number("loss-test").is_some_and(|loss| loss < 0.1));
    page.click("reset");
    page.wait_for_state("ready", 10);
    assert_eq!(page.attribute("goal", "data-reached").as_deref(), Some("false"));
    page.click("play");
    page.wait_for_state("paused", 60);
    assert_eq!(page.number("step-count"), Some(step), "the same run reaches it at the same step");
    page.assert_no_errors();
}

#[test]
fn a_diverging_run_stops_keeps_its_weights_and_offers_a_lower_rate() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=reg-plane&optimizer=sgd&lr=1000");
    page.click("play");
    page.wait_for_state("diverged", 60);
    let notice = page.wait_for_notice("diverged", 10);
    assert!(notice.chars().any(|letter| letter.is_ascii_digit()), "the notice names no step: {notice}");
    page.click("start-lower");
    page.wait("a lower rate in the link", 30, |page| {
        let hash = page.evaluate("return location.hash");
        hash.as_str().filter(|hash| hash.contains("lr=") && !hash.contains("lr=1000")).map(String::from)
    });
    page.assert_no_errors();
}
